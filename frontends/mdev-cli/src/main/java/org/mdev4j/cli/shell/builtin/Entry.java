package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How an entry of the tree is shown. */
final class Entry {
  private Entry() {}

  /** What is in {@code directory}, sorted. */
  static List<Path> in(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
    Collections.sort(entries);
    return entries;
  }

  /**
   * True.
   *
   * @throws IOException if there is nothing at {@code path}
   */
  static boolean exists(Path path) throws IOException {
    var _ = attributes(path);
    return true;
  }

  /** The last name of {@code path}; as it was written if it ends in none. */
  static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "/" : name.toString();
  }

  /** The name, with a slash behind a directory or a link to one. */
  static String mark(Path path) {
    return name(path) + (Files.isDirectory(path) ? "/" : "");
  }

  /** One line as of {@code ls -l}, without owners and times: all is root's, and no time is kept. */
  static String describe(Path path) throws IOException {
    PosixFileAttributes attributes = attributes(path);
    boolean isLink = attributes.isSymbolicLink();
    String kind = isLink ? "l" : attributes.isDirectory() ? "d" : attributes.isOther() ? "c" : "-";
    return String.format(
        Locale.ROOT,
        "%s%s %8s %s",
        kind,
        PosixFilePermissions.toString(attributes.permissions()),
        attributes.isOther() ? deviceNumber(path) : attributes.size(),
        name(path) + (isLink ? " -> " + Files.readSymbolicLink(path) : ""));
  }

  private static PosixFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static String deviceNumber(Path path) throws IOException {
    Object packed = Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS);
    if (!(packed instanceof Long number)) {
      return "?";
    }
    long major = (number >> 8 & 0xfff) | (number >> 32 & ~0xfffL);
    long minor = (number & 0xff) | (number >> 12 & ~0xffL);
    return major + ", " + (minor & 0xffffffffL);
  }
}
