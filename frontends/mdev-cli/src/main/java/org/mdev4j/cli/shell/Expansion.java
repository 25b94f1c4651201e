package org.mdev4j.cli.shell;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/** What a word with {@code *}, {@code ?} or {@code [} stands for: the paths that match, sorted. */
final class Expansion {
  private Expansion() {}

  /** The text of each word; a pattern that matches nothing stays as it is, as in any shell. */
  static List<String> of(List<Word> words, Path directory) {
    List<String> all = new ArrayList<>();
    for (Word word : words) {
      String glob = word.glob();
      List<String> found = glob == null ? List.of() : matches(glob, directory);
      if (found.isEmpty()) {
        all.add(word.text());
      } else {
        all.addAll(found);
      }
    }
    return all;
  }

  private static List<String> matches(String glob, Path directory) {
    List<String> prefixes = List.of(glob.startsWith("/") ? "/" : "");
    boolean wantsDirectories = glob.endsWith("/");
    try {
      for (String name : glob.split("/", -1)) {
        if (!name.isEmpty()) {
          prefixes = next(prefixes, name, directory);
        }
      }
    } catch (PatternSyntaxException noPattern) {
      return List.of();
    }
    return prefixes.stream()
        .filter(path -> !wantsDirectories || Files.isDirectory(directory.resolve(path)))
        .map(path -> wantsDirectories ? path + "/" : path)
        .sorted()
        .toList();
  }

  private static List<String> next(List<String> prefixes, String name, Path directory) {
    PathMatcher matcher = directory.getFileSystem().getPathMatcher("glob:" + name);
    List<String> found = new ArrayList<>();
    for (String prefix : prefixes) {
      Path inside = directory.resolve(prefix);
      if (name.equals(".") || name.equals("..")) {
        found.add(join(prefix, name));
        continue;
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(inside)) {
        for (Path entry : entries) {
          Path last = entry.getFileName();
          if (last != null && matcher.matches(last)) {
            found.add(join(prefix, last.toString()));
          }
        }
      } catch (IOException | DirectoryIteratorException noDirectory) {
        // Nothing matches in what is no directory, or no longer one.
      }
    }
    return found;
  }

  private static String join(String prefix, String name) {
    return prefix.isEmpty() || prefix.endsWith("/") ? prefix + name : prefix + "/" + name;
  }
}
