package org.mdev4j.device.nio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mdev4j.device.nio.SampleTree.assertRefused;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;

class WritingTest {
  private final SampleTree sample = new SampleTree();

  @Test
  void everyWayToWriteAFileIsOneStore() throws IOException {
    Path create = sample.attribute("create");
    Files.writeString(create, "one");
    Files.write(create, new byte[] {(byte) 0xff, 0});
    Files.write(create, List.of("two", "lines"));
    Files.writeString(create, "three", StandardOpenOption.WRITE);
    Files.writeString(create, "four", StandardOpenOption.APPEND);
    Files.writeString(create, "five", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    try (var writer = Files.newBufferedWriter(create)) {
      writer.write("s");
      writer.write("ix");
    }
    assertThat(sample.stored)
        .containsExactly("one", "\u00ff\0", "two\nlines\n", "three", "four", "five", "six");
  }

  @Test
  void aWholePageIsOneStoreAndWhatIsLongerGoesOnInTheNext() throws IOException {
    String page = "p".repeat(Attribute.PAGE);
    Files.writeString(sample.attribute("create"), page);
    assertThat(sample.stored).containsExactly(page);

    sample.stored.clear();
    Files.writeString(sample.attribute("create"), page + "rest");
    assertThat(sample.stored).containsExactly(page, "rest");
  }

  @Test
  void aWriteOfNothingStoresNothing() throws IOException {
    Files.writeString(sample.attribute("create"), "");
    try (SeekableByteChannel channel =
        Files.newByteChannel(sample.attribute("create"), StandardOpenOption.WRITE)) {
      assertThat(channel.write(ByteBuffer.allocate(0))).isZero();
    }
    assertThat(sample.stored).isEmpty();
  }

  @Test
  void theOffsetOfAWriteIsIgnored() throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            sample.attribute("type"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertThat(channel.position(1000).write(bytes("at 1000"))).isEqualTo(7);
      assertThat(channel.position()).isEqualTo(1007);
      assertThat(channel.write(bytes("next"))).isEqualTo(4);
      assertThat(channel.truncate(3).position()).isEqualTo(3);
      ByteBuffer content = ByteBuffer.allocate(100);
      channel.position(0).read(content);
      assertThat(new String(content.array(), 0, content.position(), ISO_8859_1))
          .isEqualTo("plain 2\n");
    }
    assertThat(sample.stored).containsExactly("at 1000", "next");
  }

  @Test
  void whatAStoreRefusesStaysInTheBuffer() throws IOException {
    sample.box.addAttribute(
        Attribute.writeOnly(
            "full",
            data -> {
              throw new ErrnoException(Errno.EUSERS, "none left");
            }));
    Path full = sample.attribute("full");
    try (SeekableByteChannel channel = Files.newByteChannel(full, StandardOpenOption.WRITE)) {
      ByteBuffer data = bytes("uuid");
      assertRefused(Errno.EUSERS, FileSystemException.class, () -> channel.write(data));
      assertThat(data.remaining()).isEqualTo(4);
      assertThat(channel.position()).isZero();
    }
    assertRefused(Errno.EUSERS, FileSystemException.class, () -> Files.writeString(full, "uuid"));
  }

  @Test
  void aFileWithoutStoreIsNotForWriting() {
    assertRefused(
        Errno.EACCES,
        AccessDeniedException.class,
        () -> Files.writeString(sample.attribute("name"), "x"));
    sample.box.addAttribute(new Attribute("fixed", 0444, () -> "", sample.stored::add));
    assertRefused(
        Errno.EACCES,
        AccessDeniedException.class,
        () -> Files.writeString(sample.attribute("fixed"), "x"));
    assertThat(sample.stored).isEmpty();
  }

  @Test
  void noFileIsMade() {
    assertRefused(
        Errno.EACCES,
        AccessDeniedException.class,
        () -> Files.writeString(sample.attribute("new"), "x"));
    assertRefused(
        Errno.EACCES, AccessDeniedException.class, () -> Files.createFile(sample.attribute("new")));
    assertRefused(
        Errno.EEXIST,
        FileAlreadyExistsException.class,
        () -> Files.writeString(sample.attribute("create"), "x", StandardOpenOption.CREATE_NEW));
    assertRefused(
        Errno.EEXIST,
        FileAlreadyExistsException.class,
        () -> Files.createFile(sample.path("/sys/class/box")));
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.writeString(sample.attribute("new"), "x", StandardOpenOption.WRITE));
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.writeString(sample.attribute("no/new"), "x"));
    assertRefused(
        Errno.ENOTDIR,
        NotDirectoryException.class,
        () -> Files.writeString(sample.attribute("name/new"), "x"));
    assertRefused(
        Errno.EISDIR, FileSystemException.class, () -> Files.writeString(sample.path("/sys"), "x"));
    assertThat(sample.stored).isEmpty();
  }

  @Test
  void aLinkWithoutTargetIsNoPlaceForANewFile() {
    SysfsDirectory gone = sample.tree.sys().addDirectory("gone");
    sample.box.addLink("dangling", gone);
    sample.tree.sys().remove(gone);
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.writeString(sample.attribute("dangling"), "x"));
    assertRefused(
        Errno.EEXIST,
        FileAlreadyExistsException.class,
        () -> Files.createFile(sample.attribute("dangling")));
  }

  @Test
  void optionsThatMakeNoSense() {
    assertRefused(
        Errno.ELOOP,
        FileSystemLoopException.class,
        () -> Files.newInputStream(sample.path("/sys/class/box"), LinkOption.NOFOLLOW_LINKS));
    assertRefused(
        Errno.EPERM,
        FileSystemException.class,
        () -> Files.newInputStream(sample.attribute("name"), StandardOpenOption.DELETE_ON_CLOSE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(StandardOpenOption.READ, StandardOpenOption.APPEND));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(StandardOpenOption.APPEND, StandardOpenOption.TRUNCATE_EXISTING));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> open(new OpenOption() {}));
  }

  @Test
  @Timeout(20)
  void closingDoesNotWaitForAStore() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    sample.box.addAttribute(
        Attribute.writeOnly(
            "slow",
            data -> {
              inside.countDown();
              try {
                goOn.await();
              } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
              }
            }));
    SeekableByteChannel channel =
        Files.newByteChannel(sample.attribute("slow"), StandardOpenOption.WRITE);
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    channel.write(bytes("x"));
                  } catch (IOException failure) {
                    throw new AssertionError(failure);
                  }
                });
    assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
    channel.close();
    assertThat(channel.isOpen()).isFalse();
    goOn.countDown();
    writer.join();
  }

  private void open(OpenOption... options) throws IOException {
    Files.newByteChannel(sample.attribute("type"), options).close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
