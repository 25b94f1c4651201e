package org.mdev4j.fuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.fuse.linux.Libc;
import org.mdev4j.fuse.linux.MountTable;
import org.mdev4j.fuse.session.ToyTree;
import org.mdev4j.test.Need;
import org.mdev4j.test.Needs;

/** A real mount. Needs root and {@code /dev/fuse}, and fails with a clear line without them. */
@Needs({Need.ROOT, Need.FUSE})
@Timeout(value = 120, unit = SECONDS)
class SysfsMountTest {
  @TempDir Path directory;

  private final ToyTree toy = new ToyTree();
  private SysfsMount mount;
  private Path files;

  @BeforeEach
  void mount() throws Exception {
    mount = SysfsMount.mount(toy.tree, directory);
    files = directory.resolve("devices/toy");
  }

  @AfterEach
  void unmount() {
    toy.release.countDown();
    mount.close();
    // Whatever went wrong, nothing stays mounted.
    while (Libc.umount(directory.toString(), Libc.MNT_DETACH) >= 0) {
      continue;
    }
  }

  @Test
  void showsTheTree() throws Exception {
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all.map(path -> directory.relativize(path).toString()))
          .containsExactlyInAnyOrder(
              "",
              "class",
              "class/toys",
              "class/toys/toy",
              "devices",
              "devices/toy",
              "devices/toy/both",
              "devices/toy/fails",
              "devices/toy/hangs",
              "devices/toy/shows",
              "devices/toy/takes");
    }
    assertThat(Files.readSymbolicLink(directory.resolve("class/toys/toy")))
        .isEqualTo(Path.of("../../devices/toy"));
    assertThat(directory.resolve("class/toys/toy/shows").toRealPath())
        .isEqualTo(mount.directory().resolve("devices/toy/shows"));
  }

  @Test
  void statIsASysfsStat() throws Exception {
    Path shows = files.resolve("shows");
    assertThat(Files.size(shows)).isEqualTo(Attribute.PAGE);
    assertThat(Files.getAttribute(shows, "unix:mode")).isEqualTo(0100444);
    assertThat(Files.getAttribute(files.resolve("takes"), "unix:mode")).isEqualTo(0100200);
    assertThat(Files.getAttribute(files, "unix:mode")).isEqualTo(040755);
    assertThat(Files.size(files)).isZero();
    assertThat(Files.getAttribute(shows, "unix:uid")).isEqualTo(0);
    Object ino = Files.getAttribute(shows, "unix:ino");
    assertThat(Files.getAttribute(files.resolve("both"), "unix:ino")).isNotEqualTo(ino);
    assertThat(Files.getAttribute(directory.resolve("class/toys/toy/shows"), "unix:ino"))
        .isEqualTo(ino);
  }

  @Test
  void contentIsComputedOncePerReaderAndNeverPadded() throws Exception {
    Path shows = files.resolve("shows");
    assertThat(Files.readString(shows)).isEqualTo("shown 1\n");
    assertThat(Files.readString(shows)).isEqualTo("shown 2\n");
    try (RandomAccessFile open = new RandomAccessFile(shows.toFile(), "r")) {
      assertThat(open.readLine()).isEqualTo("shown 3");
      open.seek(6);
      assertThat(open.readLine()).isEqualTo("3");
      open.seek(0);
      assertThat(open.readLine()).isEqualTo("shown 4");
    }
  }

  @Test
  void oneWriteIsOneStoreOfAtMostAPage() throws Exception {
    Path both = files.resolve("both");
    Files.writeString(both, "some text");
    assertThat(toy.stored).isEqualTo("some text");
    assertThat(Files.readString(both)).isEqualTo("some text");
    try (FileChannel channel = FileChannel.open(both, StandardOpenOption.WRITE)) {
      ByteBuffer long1 = ByteBuffer.wrap("x".repeat(9000).getBytes(ISO_8859_1));
      assertThat(channel.write(long1)).isEqualTo(Attribute.PAGE);
      assertThat(toy.stored).hasSize(Attribute.PAGE);
      assertThat(channel.write(ByteBuffer.wrap(new byte[] {'y'}))).isOne();
      assertThat(toy.stored).isEqualTo("y");
    }
  }

  @Test
  void errnosArriveAsTheyWereThrown() {
    Path fails = files.resolve("fails");
    refused("Too many users", () -> Files.readString(fails));
    refused("Input/output error", () -> Files.writeString(fails, "1"));
    refused("Permission denied", () -> open(files.resolve("takes"), "r"));
    refused(
        "Permission denied",
        () -> FileChannel.open(files.resolve("shows"), StandardOpenOption.WRITE));
    refused("Permission denied", () -> Files.writeString(files.resolve("new"), "x"));
    refused("Operation not permitted", () -> Files.createDirectory(files.resolve("new")));
    refused("Operation not permitted", () -> Files.delete(files.resolve("both")));
    refused("Operation not permitted", () -> Files.delete(directory.resolve("class/toys")));
    refused("Operation not permitted", () -> Files.createSymbolicLink(files.resolve("new"), files));
    refused(
        "Operation not permitted",
        () -> Files.createLink(files.resolve("new"), files.resolve("both")));
    refused(
        "Operation not permitted", () -> Files.move(files.resolve("both"), files.resolve("new")));
    refused("", () -> Files.readString(files.resolve("nothing")));
  }

  @Test
  void truncateAndChmodSucceedAndDoNothing() throws Exception {
    Path both = files.resolve("both");
    Files.setAttribute(both, "unix:mode", 0100777);
    FileChannel.open(both, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
    try (FileChannel channel = FileChannel.open(both, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
    assertThat(toy.stored).isEqualTo("empty\n");
    assertThat(Files.getAttribute(both, "unix:mode")).isEqualTo(0100644);
    assertThat(Files.size(both)).isEqualTo(Attribute.PAGE);
  }

  @Test
  void whatIsRemovedIsGoneAtOnceAndOpenFilesSayNoSuchDevice() throws Exception {
    Path shows = files.resolve("shows");
    try (RandomAccessFile open = open(shows, "r")) {
      toy.toy.remove("shows");
      assertThat(Files.exists(shows)).isFalse();
      refused("No such device", open::read);
    }
    SysfsDirectory below = toy.toy.addDirectory("below");
    below.addAttribute(Attribute.readOnly("name", () -> "first"));
    assertThat(Files.readString(files.resolve("below/name"))).isEqualTo("first\n");
    toy.toy.remove("below");
    assertThat(Files.exists(files.resolve("below/name"))).isFalse();
    assertThat(Files.exists(files.resolve("below"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    SysfsDirectory again = toy.toy.addDirectory("below");
    again.addAttribute(Attribute.readOnly("name", () -> "second"));
    assertThat(Files.readString(files.resolve("below/name"))).isEqualTo("second\n");
  }

  @Test
  void aBlockedStoreBlocksNobodyElseOnTheSameFile() throws Exception {
    Path hangs = files.resolve("hangs");
    List<CompletableFuture<Void>> stores = new java.util.ArrayList<>();
    for (int blocked = 1; blocked <= 5; blocked++) {
      stores.add(
          inThread(() -> Files.writeString(hangs, "1", StandardOpenOption.TRUNCATE_EXISTING)));
      int now = blocked;
      Awaitility.await().atMost(60, SECONDS).until(() -> toy.hanging.get() == now);
      assertThat(Files.readString(files.resolve("both"))).isEqualTo("empty\n");
      assertThat(Files.size(hangs)).isEqualTo(Attribute.PAGE);
    }
    toy.release.countDown();
    for (CompletableFuture<Void> store : stores) {
      store.get(60, SECONDS);
    }
  }

  @Test
  void whoIsKilledWhileItWaitsIsGone() throws Exception {
    Path hangs = files.resolve("hangs");
    Process writer = new ProcessBuilder("sh", "-c", "echo 1 > " + hangs).start();
    try {
      Awaitility.await().atMost(60, SECONDS).until(() -> toy.hanging.get() == 1);
      writer.destroyForcibly();
      assertThat(writer.waitFor(60, SECONDS)).isTrue();
    } finally {
      writer.destroyForcibly();
    }
  }

  @Test
  void unmountsWithFilesOpenAndStoresBlocked() throws Exception {
    CompletableFuture<Void> store = inThread(() -> Files.writeString(files.resolve("hangs"), "1"));
    Awaitility.await().atMost(60, SECONDS).until(() -> toy.hanging.get() == 1);
    try (RandomAccessFile open = open(files.resolve("shows"), "r")) {
      mount.close();
      assertThat(MountTable.read().at(mount.directory())).isEmpty();
      assertThatThrownBy(open::read).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> store.get(60, SECONDS)).hasCauseInstanceOf(IOException.class);
    mount.ended().toCompletableFuture().get(60, SECONDS);
    mount.close();
  }

  @Test
  void saysWhenSomebodyElseUnmountsAndLeavesWhatIsMountedThen() throws Exception {
    assertThat(Libc.umount(directory.toString(), 0)).isZero();
    mount.ended().toCompletableFuture().get(60, SECONDS);
    try (SysfsMount other = SysfsMount.mount(new ToyTree().tree, directory)) {
      mount.close();
      assertThat(files.resolve("shows")).exists();
      assertThat(other.directory()).isEqualTo(mount.directory());
    }
    assertThat(files).doesNotExist();
  }

  @Test
  void refusesPlacesThatAreNotFit(@TempDir Path other) throws Exception {
    ToyTree tree = new ToyTree();
    assertThatThrownBy(() -> SysfsMount.mount(tree.tree, directory))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("another host is mounted at");
    assertThatThrownBy(() -> SysfsMount.mount(tree.tree, Path.of("/proc")))
        .isInstanceOf(MountException.class)
        .hasMessage("/proc is a mount point already (proc); choose an empty directory");
    Path missing = other.resolve("missing");
    assertThatThrownBy(() -> SysfsMount.mount(tree.tree, missing))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("there is no directory " + missing + "; make it first");
    Path file = Files.createFile(other.resolve("file"));
    assertThatThrownBy(() -> SysfsMount.mount(tree.tree, file))
        .isInstanceOf(MountException.class)
        .hasMessage(file + " is no directory");
    assertThatThrownBy(() -> SysfsMount.mount(tree.tree, other))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("is not empty, and would be hidden");
  }

  private static RandomAccessFile open(Path path, String mode) throws IOException {
    return new RandomAccessFile(path.toFile(), mode);
  }

  private static void refused(String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IOException.class)
        .satisfies(
            failure -> {
              boolean named = failure instanceof java.nio.file.AccessDeniedException;
              assertThat(named ? "Permission denied" : failure.toString()).contains(text);
            });
  }

  private interface Action {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> inThread(Action action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                action.run();
                done.complete(null);
              } catch (Throwable failure) {
                done.completeExceptionally(failure);
              }
            });
    return done;
  }
}
