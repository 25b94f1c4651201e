package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Iterator;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SysfsFileSystemTest {
  private final SampleTree sample = new SampleTree();
  private final FileSystem files = sample.files;
  private final Path name = sample.attribute("name");

  @Test
  void whatItIs() throws IOException {
    assertThat(files.isOpen()).isTrue();
    assertThat(files.isReadOnly()).isFalse();
    assertThat(files.getSeparator()).isEqualTo("/");
    assertThat(files.getRootDirectories()).containsExactly(sample.path("/"));
    assertThat(files.provider().getScheme()).isEqualTo("sysfs");
    assertThat(files.getFileStores()).hasSize(1);
    FileStore store = Files.getFileStore(name);
    assertThat(store.type()).isEqualTo("sysfs");
    assertThat(store.name()).isEqualTo("sysfs");
    assertThat(store.isReadOnly()).isFalse();
    assertThat(store.getTotalSpace() + store.getUsableSpace() + store.getUnallocatedSpace())
        .isZero();
    assertThat(store.getAttribute("totalSpace")).isEqualTo(0L);
    assertThat(store.supportsFileAttributeView(PosixFileAttributeView.class)).isTrue();
    assertThat(store.supportsFileAttributeView("unix")).isTrue();
    assertThat(store.getFileStoreAttributeView(FileStoreAttributeView.class)).isNull();
    assertUnsupported(() -> store.getAttribute("colour"));
  }

  @Test
  void whatItHasNot() {
    assertUnsupported(files::newWatchService);
    assertUnsupported(() -> files.provider().newFileSystem(URI.create("sysfs:///"), Map.of()));
    assertUnsupported(() -> files.provider().getFileSystem(URI.create("sysfs:///")));
    assertUnsupported(() -> files.provider().getPath(URI.create("sysfs:///sys")));
    assertUnsupported(name::toFile);
    try (var watcher = Path.of("").getFileSystem().newWatchService()) {
      assertUnsupported(() -> name.register(watcher, StandardWatchEventKinds.ENTRY_CREATE));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void pathsOfTwoTreesDoNotMix() {
    Path other = new SampleTree().attribute("name");
    assertThat(other).isNotEqualTo(name).hasToString(name.toString());
    assertThat(name.startsWith(other)).isFalse();
    assertThat(name.endsWith(other)).isFalse();
    assertThatExceptionOfType(ProviderMismatchException.class)
        .isThrownBy(() -> name.resolve(other));
    assertThatExceptionOfType(ProviderMismatchException.class)
        .isThrownBy(() -> name.relativize(Path.of("/")));
    assertThatExceptionOfType(ProviderMismatchException.class)
        .isThrownBy(() -> files.provider().delete(other));
    assertThatExceptionOfType(ClassCastException.class).isThrownBy(() -> name.compareTo(other));
  }

  @Test
  void closingEndsEverything() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(name);
        DirectoryStream<Path> stream = Files.newDirectoryStream(sample.path("/sys"))) {
      Iterator<Path> entries = stream.iterator();
      files.close();
      files.close();
      assertThat(files.isOpen()).isFalse();
      assertThat(channel.isOpen()).isFalse();
      assertClosed(() -> channel.read(ByteBuffer.allocate(1)));
      assertClosed(channel::size);
      assertClosed(entries::hasNext);
    }
    assertClosed(() -> Files.readString(name));
    assertClosed(() -> Files.writeString(sample.attribute("new"), "x"));
    assertClosed(() -> Files.list(name.getParent()));
    assertClosed(() -> Files.exists(name));
    assertClosed(() -> Files.getLastModifiedTime(name));
    assertClosed(() -> Files.delete(name));
    assertClosed(() -> Files.createDirectory(name));
    assertClosed(() -> Files.isSameFile(name, name.getParent()));
    assertClosed(() -> Files.isSameFile(name, name));
    assertClosed(() -> Files.isHidden(name));
    assertClosed(name::toRealPath);
    assertClosed(() -> files.getPath("/"));
    assertClosed(files::getRootDirectories);
    assertClosed(files::getFileStores);
    assertClosed(files::getUserPrincipalLookupService);
    assertClosed(() -> files.getPathMatcher("glob:*"));
    assertThat(Files.readString(SysfsFileSystem.of(sample.tree).getPath(name.toString())))
        .isEqualTo("a box\n");
  }

  @Test
  void matchers() {
    assertThat(files.getPathMatcher("glob:/sys/**/n?me").matches(name)).isTrue();
    assertThat(files.getPathMatcher("GLOB:/sys/*/name").matches(name)).isFalse();
    assertThat(files.getPathMatcher("regex:.*/na[a-m]e").matches(name)).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> files.getPathMatcher("*.java"));
    assertThatIllegalArgumentException().isThrownBy(() -> files.getPathMatcher(":x"));
    assertUnsupported(() -> files.getPathMatcher("grep:x"));
  }

  private static void assertClosed(ThrowingCallable call) {
    assertThatExceptionOfType(ClosedFileSystemException.class).isThrownBy(call);
  }

  private static void assertUnsupported(ThrowingCallable call) {
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(call);
  }
}
