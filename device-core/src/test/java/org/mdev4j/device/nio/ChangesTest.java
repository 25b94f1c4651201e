package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.mdev4j.device.nio.SampleTree.assertRefused;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.errno.Errno;

class ChangesTest {
  private final SampleTree sample = new SampleTree();
  private final Path name = sample.attribute("name");
  private final Path type = sample.attribute("type");
  private final Path fresh = sample.attribute("new");
  private final Path nothing = sample.attribute("nothing");

  @AfterEach
  void nothingHasChanged() {
    assertThat(sample.box.children()).hasSize(6);
    assertThat(sample.stored).isEmpty();
  }

  @Test
  void nothingIsMade() {
    assertForbidden(() -> Files.createDirectory(fresh));
    assertForbidden(() -> Files.createSymbolicLink(fresh, name));
    assertForbidden(() -> Files.createLink(fresh, name));
    assertExists(() -> Files.createDirectory(sample.path("/sys/class/box")));
    assertExists(() -> Files.createDirectory(sample.path("/")));
    assertExists(() -> Files.createSymbolicLink(type, name));
    assertMissing(() -> Files.createDirectory(nothing.resolve("new")));
    assertRefused(
        Errno.ENOTDIR,
        NotDirectoryException.class,
        () -> Files.createDirectory(name.resolve("new")));
    assertThatCode(() -> Files.createDirectories(sample.path("/sys/devices/box")))
        .doesNotThrowAnyException();
  }

  @Test
  void nothingIsRemoved() throws IOException {
    assertForbidden(() -> Files.delete(name));
    assertForbidden(() -> Files.delete(sample.path("/sys/class/box")));
    assertForbidden(() -> Files.delete(sample.path("/sys/devices")));
    assertForbidden(() -> Files.deleteIfExists(name));
    assertMissing(() -> Files.delete(nothing));
    assertThat(Files.deleteIfExists(nothing)).isFalse();
  }

  @Test
  void nothingIsRenamed() throws IOException {
    assertForbidden(() -> Files.move(name, fresh));
    assertForbidden(() -> Files.move(name, type, StandardCopyOption.REPLACE_EXISTING));
    assertExists(() -> Files.move(name, type));
    assertMissing(() -> Files.move(nothing, fresh));
    assertMissing(() -> Files.move(name, nothing.resolve("new")));
    assertThat(Files.move(name, name)).isEqualTo(name);
  }

  @Test
  void nothingIsCopiedIn(@TempDir Path directory) throws IOException {
    assertRefused(Errno.EACCES, AccessDeniedException.class, () -> Files.copy(name, fresh));
    assertForbidden(() -> Files.copy(sample.path("/sys/class"), fresh));
    assertForbidden(
        () -> Files.copy(sample.path("/sys/class/box"), fresh, LinkOption.NOFOLLOW_LINKS));
    assertForbidden(() -> Files.copy(name, type, StandardCopyOption.REPLACE_EXISTING));
    assertExists(() -> Files.copy(name, type));
    assertMissing(() -> Files.copy(nothing, fresh));
    Files.copy(name, sample.path("/sys/class/box/name"));

    Path outside = Files.writeString(directory.resolve("file"), "x");
    assertRefused(Errno.EACCES, AccessDeniedException.class, () -> Files.copy(outside, fresh));
    assertForbidden(() -> Files.copy(outside, type, StandardCopyOption.REPLACE_EXISTING));
  }

  @Test
  void theExceptionNamesTheFileThatIsMissing() {
    assertThatCode(() -> Files.copy(nothing, fresh)).hasMessageStartingWith(nothing + ": ENOENT");
    assertThatCode(() -> Files.move(name, fresh)).hasMessageStartingWith(fresh + ": EPERM");
  }

  private static void assertForbidden(ThrowingCallable call) {
    assertRefused(Errno.EPERM, FileSystemException.class, call);
  }

  private static void assertExists(ThrowingCallable call) {
    assertRefused(Errno.EEXIST, FileAlreadyExistsException.class, call);
  }

  private static void assertMissing(ThrowingCallable call) {
    assertRefused(Errno.ENOENT, NoSuchFileException.class, call);
  }
}
