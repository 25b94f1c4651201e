package org.mdev4j.device.nio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mdev4j.device.nio.SampleTree.assertRefused;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;

class ReadingTest {
  private final SampleTree sample = new SampleTree();

  @Test
  void everyWayToReadAFileShowsItOnce() throws IOException {
    Path counter = sample.attribute("counter");
    assertThat(Files.readString(counter)).isEqualTo("1\n");
    assertThat(Files.readAllBytes(counter)).isEqualTo("2\n".getBytes(UTF_8));
    assertThat(Files.readAllLines(counter)).containsExactly("3");
    try (Stream<String> lines = Files.lines(counter)) {
      assertThat(lines).containsExactly("4");
    }
    try (var in = Files.newInputStream(counter)) {
      assertThat(in.readAllBytes()).isEqualTo("5\n".getBytes(UTF_8));
    }
    try (var reader = Files.newBufferedReader(counter)) {
      assertThat(reader.readLine()).isEqualTo("6");
    }
    assertThat(sample.shown).hasValue(6);
  }

  @Test
  void anEmptyFileIsEmpty() throws IOException {
    assertThat(Files.readString(sample.attribute("empty"))).isEmpty();
    assertThat(Files.readAllLines(sample.attribute("empty"))).isEmpty();
  }

  @Test
  void aFullPageIsReadWholeAndBytesAreKept() throws IOException {
    String page = "\u00ff".repeat(Attribute.PAGE);
    sample.box.addAttribute(new Attribute("page", 0444, () -> page + "more", null));
    assertThat(Files.readAllBytes(sample.attribute("page"))).isEqualTo(page.getBytes(ISO_8859_1));
  }

  @Test
  void aReadAtTheStartShowsAnewAndTheRestIsThatSnapshot() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(sample.attribute("counter"))) {
      assertThat(read(channel, 1)).isEqualTo("1");
      assertThat(read(channel, 100)).isEqualTo("\n");
      assertThat(channel.position()).isEqualTo(2);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(sample.shown).hasValue(1);

      assertThat(channel.position(0)).isSameAs(channel);
      assertThat(read(channel, 100)).isEqualTo("2\n");
      channel.position(1);
      assertThat(read(channel, 100)).isEqualTo("\n");
      channel.position(4096);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(sample.shown).hasValue(2);
    }
  }

  @Test
  void aReadOfNothingShowsNothing() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(sample.attribute("counter"))) {
      assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> channel.read(ByteBuffer.allocate(1).asReadOnlyBuffer()));
      assertThat(sample.shown).hasValue(0);
    }
  }

  @Test
  void whatIsOpenWhenTheDeviceGoesSaysEnodevAndWhatIsOpenedLaterEnoent() throws IOException {
    Path type = sample.attribute("type");
    try (SeekableByteChannel reader = Files.newByteChannel(type);
        SeekableByteChannel writer = Files.newByteChannel(type, StandardOpenOption.WRITE)) {
      assertThat(read(reader, 100)).isEqualTo("plain 0\n");
      sample.box.remove("type");
      reader.position(0);
      assertRefused(Errno.ENODEV, FileSystemException.class, () -> read(reader, 1));
      assertRefused(
          Errno.ENODEV,
          FileSystemException.class,
          () -> writer.write(ByteBuffer.wrap(new byte[1])));
    }
    assertRefused(Errno.ENOENT, NoSuchFileException.class, () -> Files.readString(type));
    assertThat(sample.stored).isEmpty();
  }

  @Test
  void aFileWithoutShowIsNotForReading() throws IOException {
    Path create = sample.attribute("create");
    assertRefused(Errno.EACCES, AccessDeniedException.class, () -> Files.readString(create));
    assertRefused(
        Errno.EACCES,
        AccessDeniedException.class,
        () ->
            Files.newByteChannel(create, StandardOpenOption.READ, StandardOpenOption.WRITE)
                .close());
    try (SeekableByteChannel channel = Files.newByteChannel(create, StandardOpenOption.WRITE)) {
      assertThatExceptionOfType(NonReadableChannelException.class)
          .isThrownBy(() -> read(channel, 1));
    }
    sample.box.addAttribute(new Attribute("hidden", 0200, () -> "secret", data -> {}));
    assertRefused(
        Errno.EACCES,
        AccessDeniedException.class,
        () -> Files.readString(sample.attribute("hidden")));
  }

  @Test
  void aReaderCantWrite() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(sample.attribute("type"))) {
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[1])));
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.truncate(0));
      assertThatIllegalArgumentException().isThrownBy(() -> channel.position(-1));
    }
  }

  @Test
  void aClosedChannelDoesNothing() throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(sample.attribute("type"));
    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.size()).isEqualTo(4096);
    channel.close();
    channel.close();
    assertThat(channel.isOpen()).isFalse();
    assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> read(channel, 1));
    assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(channel::position);
  }

  @Test
  void theErrnoOfAShowArrivesUnchangedAndABrokenShowIsAnIoError() {
    sample.box.addAttribute(
        Attribute.readOnly(
            "busy",
            () -> {
              throw new ErrnoException(Errno.EBUSY, "later");
            }));
    IllegalStateException bug = new IllegalStateException("bug");
    sample.box.addAttribute(
        Attribute.readOnly(
            "broken",
            () -> {
              throw bug;
            }));
    assertRefused(
        Errno.EBUSY, FileSystemException.class, () -> Files.readString(sample.attribute("busy")));
    assertRefused(
        Errno.EIO, FileSystemException.class, () -> Files.readString(sample.attribute("broken")));
    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> Files.readString(sample.attribute("broken")))
        .withRootCauseInstanceOf(IllegalStateException.class)
        .withMessageContaining("/sys/devices/box/broken");
  }

  @Test
  void whatIsNoAttributeCantBeOpened() {
    assertRefused(
        Errno.ENXIO,
        FileSystemException.class,
        () -> Files.newByteChannel(sample.path("/dev/vfio/0")).close());
    assertRefused(
        Errno.EISDIR,
        FileSystemException.class,
        () -> Files.readString(sample.path("/sys/devices/box")));
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.readString(sample.path("/sys/nothing/at/all")));
    assertRefused(
        Errno.ENOTDIR,
        NotDirectoryException.class,
        () -> Files.readString(sample.attribute("name/below")));
  }

  @Test
  void relativePathsStartAtTheRoot() throws IOException {
    assertThat(Files.readString(sample.path("sys/class/box/../box/name"))).isEqualTo("a box\n");
  }

  @Test
  void aFileCanBeCopiedOut(@TempDir Path directory) throws IOException {
    Path copy = directory.resolve("copy");
    Files.copy(sample.attribute("name"), copy);
    assertThat(copy).hasContent("a box\n");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                Files.copy(
                    sample.path("/sys/class/box"),
                    directory.resolve("link"),
                    LinkOption.NOFOLLOW_LINKS));
  }

  private static String read(SeekableByteChannel channel, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    int count = channel.read(buffer);
    assertThat(count).isEqualTo(buffer.position());
    return new String(buffer.array(), 0, count, ISO_8859_1);
  }
}
