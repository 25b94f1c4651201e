// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jline.builtins.Options;

/** The commands on files of the tree. */
final class TreeBuiltins {
  private static final int ANY = Integer.MAX_VALUE;
  private static final LinkOption[] FOLLOWING = {};
  private static final LinkOption[] NOT_FOLLOWING = {LinkOption.NOFOLLOW_LINKS};

  private TreeBuiltins() {}

  static void cat(Call call) {
    call.each(
        call.operands(1, ANY),
        operand ->
            call.each(
                call.paths(operand),
                path -> call.text(new String(Files.readAllBytes(path), StandardCharsets.UTF_8))));
  }

  static void readlink(Call call) {
    Options options = call.options(1, ANY);
    boolean toTheEnd = options.isSet("f");
    call.each(
        options.args(),
        operand ->
            call.each(
                call.paths(operand),
                path ->
                    call.line(
                        (toTheEnd ? path.toRealPath() : Files.readSymbolicLink(path)).toString())));
  }

  static void ls(Call call) {
    Options options = call.options(0, ANY);
    boolean isLong = options.isSet("l");
    List<String> operands = options.args().isEmpty() ? List.of(".") : options.args();
    call.each(
        operands,
        operand -> {
          List<Path> paths = call.paths(operand);
          boolean follows = !isLong || operand.endsWith("/");
          boolean headed = operands.size() > 1 || paths.size() > 1;
          call.each(paths, path -> list(call, path, follows, isLong, headed));
        });
  }

  private static void list(Call call, Path path, boolean follows, boolean isLong, boolean headed)
      throws IOException {
    LinkOption[] how = follows ? FOLLOWING : NOT_FOLLOWING;
    if (!Files.readAttributes(path, BasicFileAttributes.class, how).isDirectory()) {
      call.line(isLong ? describe(path) : name(path));
      return;
    }
    if (headed) {
      call.line(path + ":");
    }
    call.each(in(path), entry -> call.line(isLong ? describe(entry) : name(entry)));
  }

  /** Draws a directory with all that is below it. */
  static void tree(Call call) throws IOException {
    Options options = call.options(0, 1);
    int depth = depth(call, options.get("level"));
    Path path = call.path(options.args().isEmpty() ? "." : options.args().getFirst());
    List<Path> entries = in(path);
    call.line(path.toString());
    draw(call, entries, "", depth);
  }

  private static int depth(Call call, String text) {
    try {
      int depth = text.isEmpty() ? ANY : Integer.parseInt(text);
      if (depth > 0) {
        return depth;
      }
    } catch (NumberFormatException malformed) {
      // Said below.
    }
    throw call.misused("a depth is a number from 1, not '" + text + "'");
  }

  private static void draw(Call call, List<Path> entries, String indent, int depth)
      throws IOException {
    for (Path entry : entries) {
      boolean last = entry.equals(entries.getLast());
      String line = indent + (last ? "`-- " : "|-- ") + name(entry);
      if (Files.isSymbolicLink(entry)) {
        call.line(line + " -> " + Files.readSymbolicLink(entry));
      } else {
        call.line(line);
        if (depth > 1 && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          draw(call, below(entry), indent + (last ? "    " : "|   "), depth - 1);
        }
      }
    }
  }

  private static List<Path> below(Path directory) throws IOException {
    try {
      return in(directory);
    } catch (NoSuchFileException gone) {
      // It went away after its name was read.
      return List.of();
    }
  }

  /** Returns what is in {@code directory}, sorted. */
  private static List<Path> in(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
    Collections.sort(entries);
    return entries;
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "/" : name.toString();
  }

  /** One line as of {@code ls -l}, without owners and times: all is root's, and no time is kept. */
  private static String describe(Path path) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
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
