package org.mdev4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pages that say where something is, and which test shows it: the names are of things that are
 * there.
 */
class DocumentedNamesTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern NAME = Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.([A-Za-z_]+))?`");

  @ParameterizedTest
  @ValueSource(strings = {"architecture.md", "interleavings.md", "series.md"})
  @DisplayName("every class and member that the page names is there")
  void namesAreThere(String page) throws IOException {
    List<Path> sources = sources();
    List<MatchResult> names = names(page);
    assertThat(names).hasSizeGreaterThan(20);
    for (MatchResult name : names) {
      if (name.group(1).equals(name.group(1).toUpperCase(java.util.Locale.ROOT))) {
        continue; // An errno.
      }
      if (name.group(1).equals("ServiceLoader")) {
        continue; // The JDK's.
      }
      List<Path> found =
          sources.stream().filter(file -> file.endsWith(name.group(1) + ".java")).toList();
      assertThat(found).as("%s in %s", name.group(), page).isNotEmpty();
      if (name.group(2) != null) {
        assertThat(found)
            .as("%s in %s", name.group(), page)
            .anyMatch(file -> mentions(file, name.group(2)));
      }
    }
  }

  @Test
  @DisplayName("every interleaving test is on the page, with a claim and a broken variant")
  void interleavingsAreNamed() throws IOException {
    List<String> rows =
        Files.readAllLines(ROOT.resolve("docs/interleavings.md")).stream()
            .filter(row -> row.startsWith("| ") && !row.startsWith("| claim"))
            .toList();
    assertThat(rows).allMatch(row -> row.split("\\|").length == 4);
    for (Path source : sources()) {
      String name = source.getFileName().toString().replace(".java", "");
      boolean stress = source.toString().contains("interleavings") && !name.equals("StressMain");
      if (name.endsWith("LincheckTest") || stress) {
        assertThat(rows)
            .as("%s in docs/interleavings.md", name)
            .anyMatch(row -> row.contains(name));
      }
    }
  }

  private static List<MatchResult> names(String page) throws IOException {
    String text = Files.readString(ROOT.resolve("docs").resolve(page));
    return NAME.matcher(text).results().toList();
  }

  private static boolean mentions(Path source, String member) {
    try {
      return Pattern.compile("\\b" + member + "\\b").matcher(Files.readString(source)).find();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** The folders of all modules: at the root, or one level below it. */
  private static List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.walk(ROOT, 2)) {
      return folders.filter(each -> Files.isDirectory(each.resolve("src"))).toList();
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path module : modules()) {
      try (Stream<Path> files = Files.walk(module.resolve("src"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }
}
