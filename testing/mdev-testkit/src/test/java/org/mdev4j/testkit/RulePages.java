// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of {@code docs/spec}, and what quotes them. How a rule is quoted is written in {@code
 * docs/spec/index.md}.
 */
final class RulePages {
  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\"></a>");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");

  private static final String NUMBER = "\\d+(?:\\.\\d+)*";

  /** Between two words of a reference: blanks, and what a line break brings with it. */
  private static final String GAP = "(?:[\\s*`\"+}]|//)+";

  private static final Pattern REFERENCE =
      Pattern.compile(
          "spec/([a-z][a-z-]*)\\.md(?:#([\\w.-]+)|("
              + GAP
              + NUMBER
              + "(?:(?:,|"
              + GAP
              + "(?:and|to))"
              + GAP
              + NUMBER
              + ")*)(?!\\w))?");

  private static final Pattern NUMBERS = Pattern.compile(NUMBER);

  private final Map<Path, Set<String>> anchors = new HashMap<>();
  private final Path root;

  /**
   * @param root folder of the repository
   */
  RulePages(Path root) {
    this.root = root;
  }

  /**
   * One rule that something quotes.
   *
   * @param line from 1
   * @param page without {@code .md}
   * @param rule its number; empty for the whole page
   */
  record Reference(int line, String page, String rule) {}

  /** All references in {@code text}, in their order. */
  static List<Reference> references(String text) {
    List<Reference> found = new ArrayList<>();
    for (Matcher match = REFERENCE.matcher(text); match.find(); ) {
      int line = line(text, match.start());
      String page = match.group(1);
      if (match.group(2) != null) {
        found.add(new Reference(line, page, match.group(2)));
      } else if (match.group(3) == null) {
        found.add(new Reference(line, page, ""));
      } else {
        for (MatchResult number : NUMBERS.matcher(match.group(3)).results().toList()) {
          found.add(new Reference(line, page, number.group()));
        }
      }
    }
    return found;
  }

  /** Whether the page exists and, if a rule is given, has it. */
  boolean has(String page, String rule) {
    Path file = root.resolve("docs/spec").resolve(page + ".md");
    return Files.exists(file) && (rule.isEmpty() || anchors(file).contains(rule));
  }

  /** What is wrong with the links of a page, as {@code file:line: link}. */
  List<String> brokenLinks(Path page) {
    String text = CODE.matcher(read(page)).replaceAll(code -> " ".repeat(code.group().length()));
    List<String> broken = new ArrayList<>();
    for (Matcher link = LINK.matcher(text); link.find(); ) {
      String target = link.group(1);
      if (!target.contains("://") && !leadsSomewhere(page, target)) {
        broken.add(place(page, line(text, link.start())) + target);
      }
    }
    return broken;
  }

  private boolean leadsSomewhere(Path page, String target) {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    return Files.exists(file) && (hash < 0 || anchors(file).contains(target.substring(hash + 1)));
  }

  /** The anchors of a page: those written out, and those that GitHub makes of headings. */
  Set<String> anchors(Path page) {
    return anchors.computeIfAbsent(page.normalize(), RulePages::readAnchors);
  }

  private static Set<String> readAnchors(Path page) {
    String text = read(page);
    Set<String> found = new TreeSet<>();
    ANCHOR.matcher(text).results().forEach(anchor -> found.add(anchor.group(1)));
    HEADING.matcher(text).results().forEach(heading -> found.add(slug(heading.group(1))));
    return found;
  }

  private static String slug(String heading) {
    return ANCHOR
        .matcher(heading)
        .replaceAll("")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\w\\- ]", "")
        .replace(' ', '-');
  }

  /** {@code file:line: }, with the file's path in the repository. */
  String place(Path file, int line) {
    return root.relativize(file) + ":" + line + ": ";
  }

  /** All files below the root that are written by hand and may quote a rule. */
  List<Path> texts() {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = String.valueOf(folder.getFileName());
              boolean skipped = name.equals("target") || name.startsWith(".git");
              return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().matches(".*\\.(java|md|xml|json|properties|yml|sh|html)")) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return found;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The line, from 1, of the character at {@code index}. */
  static int line(String text, int index) {
    return 1 + (int) text.substring(0, index).chars().filter(each -> each == '\n').count();
  }
}
