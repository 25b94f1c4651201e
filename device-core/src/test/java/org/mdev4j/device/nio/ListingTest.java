package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mdev4j.device.nio.SampleTree.assertRefused;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

class ListingTest {
  private final SampleTree sample = new SampleTree();
  private final Path box = sample.path("/sys/devices/box");

  @Test
  void entriesAreSortedAndStartWithThePathThatWasListed() throws IOException {
    assertThat(names(box)).containsExactly("counter", "create", "empty", "name", "self", "type");
    try (Stream<Path> entries = Files.list(sample.path("sys/class/box"))) {
      assertThat(entries).first().hasToString("sys/class/box/counter");
    }
    try (Stream<Path> entries = Files.list(sample.path(""))) {
      assertThat(entries.map(Path::toString)).containsExactly("dev", "sys");
    }
    try (Stream<Path> entries = Files.list(sample.path("/"))) {
      assertThat(entries.map(Path::toString)).containsExactly("/dev", "/sys");
    }
  }

  @Test
  void aWalkGoesThroughEverythingButLinks() throws IOException {
    try (Stream<Path> all = Files.walk(sample.path("/"))) {
      assertThat(all.map(Path::toString))
          .containsExactly(
              "/",
              "/dev",
              "/dev/vfio",
              "/dev/vfio/0",
              "/sys",
              "/sys/class",
              "/sys/class/box",
              "/sys/devices",
              "/sys/devices/box",
              "/sys/devices/box/counter",
              "/sys/devices/box/create",
              "/sys/devices/box/empty",
              "/sys/devices/box/name",
              "/sys/devices/box/self",
              "/sys/devices/box/type");
    }
    assertThat(sample.shown).hasValue(0);
  }

  @Test
  void aWalkThatFollowsLinksNoticesALoop() throws IOException {
    try (Stream<Path> all = Files.walk(box, FileVisitOption.FOLLOW_LINKS)) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(all::toList)
          .withCauseInstanceOf(FileSystemLoopException.class);
    }
  }

  @Test
  void globsAndFiltersSelect() throws IOException {
    try (DirectoryStream<Path> some = Files.newDirectoryStream(box, "c*")) {
      assertThat(some)
          .extracting(Path::toString)
          .containsExactly(box + "/counter", box + "/create");
    }
    try (DirectoryStream<Path> links = Files.newDirectoryStream(box, Files::isSymbolicLink)) {
      assertThat(links).containsExactly(box.resolve("self"));
    }
    try (DirectoryStream<Path> broken =
        Files.newDirectoryStream(
            box,
            entry -> {
              throw new IOException("broken");
            })) {
      assertThatExceptionOfType(DirectoryIteratorException.class)
          .isThrownBy(broken.iterator()::hasNext)
          .withCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void aStreamIsIteratedOnceAndEndsWhenClosed() throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(box);
    Iterator<Path> entries = stream.iterator();
    assertThat(entries.next()).isEqualTo(box.resolve("counter"));
    assertThatIllegalStateException().isThrownBy(stream::iterator);
    stream.close();
    assertThat(entries.hasNext()).isFalse();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(entries::next);
    assertThatIllegalStateException().isThrownBy(stream::iterator);
    assertThatIllegalStateException()
        .isThrownBy(
            () -> {
              DirectoryStream<Path> other = Files.newDirectoryStream(box);
              other.close();
              other.iterator();
            });
  }

  @Test
  void aListingToleratesChanges() throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(box)) {
      Iterator<Path> entries = stream.iterator();
      entries.next();
      for (String name : names(box)) {
        sample.box.remove(name);
      }
      int left = 0;
      while (entries.hasNext()) {
        entries.next();
        left++;
      }
      assertThat(left).isLessThanOrEqualTo(1);
    }
    assertThat(names(box)).isEmpty();
  }

  @Test
  void onlyDirectoriesAreListed() {
    assertRefused(
        Errno.ENOTDIR, NotDirectoryException.class, () -> names(sample.attribute("name")));
    assertRefused(
        Errno.ENOENT, NoSuchFileException.class, () -> names(sample.attribute("nothing")));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
    }
  }
}
