// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.testkit.RulePages.Reference;

/**
 * What the code, its tests, its messages and the pages quote from {@code docs/spec} is there; and
 * so is what the pages link to.
 */
class RuleReferencesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final RulePages PAGES = new RulePages(ROOT);

  /** The page that display names of a module's tests quote by a number alone. */
  private static final Map<String, String> PAGE_OF_MODULE =
      Map.ofEntries(
          Map.entry("mdev-core", "mdev"),
          Map.entry("vfio-core", "vfio"),
          Map.entry("driver-ccw", "ccw"),
          Map.entry("sim-css", "ccw"),
          Map.entry("driver-ap", "ap"),
          Map.entry("sim-ap", "ap"),
          Map.entry("samples-mtty", "samples"),
          Map.entry("samples-mdpy", "samples"),
          Map.entry("samples-mbochs", "samples"),
          Map.entry("vfio-user", "vfio-user"),
          Map.entry("sysfs-fuse", "tools"));

  private static final Pattern NUMBERED_NAME =
      Pattern.compile("@DisplayName\\(\\s*\"((?:\\d+(?:\\.\\d+)+(?:, | and | to |(?=[: ])))+)");

  private static final Pattern DOTTED = Pattern.compile("\\d+(?:\\.\\d+)+");

  @Test
  @DisplayName("every rule that is quoted by page and number is there")
  void referencesResolve() {
    List<String> wrong = new ArrayList<>();
    int count = 0;
    for (Path file : PAGES.texts()) {
      if (file.endsWith("RuleReferencesTest.java")) {
        continue; // Its wrong references are wrong on purpose.
      }
      for (Reference reference : RulePages.references(RulePages.read(file))) {
        count++;
        if (!PAGES.has(reference.page(), reference.rule())) {
          wrong.add(
              PAGES.place(file, reference.line())
                  + ("spec/" + reference.page() + ".md " + reference.rule()).strip());
        }
      }
    }
    assertThat(wrong).as("references to rules that docs/spec does not have").isEmpty();
    assertThat(count).isGreaterThan(150);
  }

  @Test
  @DisplayName("every display name that begins with a rule's number has it from its module's page")
  void displayNamesResolve() {
    List<String> wrong = new ArrayList<>();
    int count = 0;
    for (Path file : PAGES.texts()) {
      String page = pageOf(file);
      String text = page == null ? "" : RulePages.read(file);
      for (Matcher name = NUMBERED_NAME.matcher(text); name.find(); ) {
        for (Matcher number = DOTTED.matcher(name.group(1)); number.find(); ) {
          count++;
          if (!PAGES.has(page, number.group())) {
            wrong.add(
                PAGES.place(file, RulePages.line(text, name.start()))
                    + ("spec/" + page + ".md " + number.group()));
          }
        }
      }
    }
    assertThat(wrong).as("display names with rules that docs/spec does not have").isEmpty();
    assertThat(count).isGreaterThan(400);
  }

  private static String pageOf(Path file) {
    Path path = ROOT.relativize(file);
    for (Path folder : path) {
      String page = PAGE_OF_MODULE.get(folder.toString());
      if (page != null) {
        return path.toString().contains("src/test/java") ? page : null;
      }
    }
    return null;
  }

  @Test
  @DisplayName("every link of a page leads to a file, and to an anchor in it")
  void linksLeadSomewhere() {
    List<Path> pages =
        PAGES.texts().stream().filter(file -> file.toString().endsWith(".md")).toList();
    assertThat(pages).hasSizeGreaterThan(20);
    assertThat(pages.stream().map(PAGES::brokenLinks).flatMap(List::stream))
        .as("links that lead nowhere")
        .isEmpty();
  }

  @Test
  @DisplayName("references are found however they are wrapped, each with its line")
  void referencesAreFound() {
    String text =
        """
        /** A rule ({@code spec/ccw.md} 2.7,
         * 3.4). {@code spec/ap.md} 7 to 8.1 and 9; {@code spec/mdev.md} */
        @DisplayName("a name (spec/vfio.md 4.4"
            + " to 4.6), spec/vfio.md 4.7, Resettable")
        // spec/tools.md 2, 3 in docs/spec/ccw.md#9.17
        """;
    assertThat(RulePages.references(text))
        .containsExactly(
            new Reference(1, "ccw", "2.7"),
            new Reference(1, "ccw", "3.4"),
            new Reference(2, "ap", "7"),
            new Reference(2, "ap", "8.1"),
            new Reference(2, "ap", "9"),
            new Reference(2, "mdev", ""),
            new Reference(3, "vfio", "4.4"),
            new Reference(3, "vfio", "4.6"),
            new Reference(4, "vfio", "4.7"),
            new Reference(5, "tools", "2"),
            new Reference(5, "tools", "3"),
            new Reference(5, "ccw", "9.17"));
  }

  @Test
  @DisplayName("a rule or a page that is not there is missed")
  void missingRulesAreMissed() {
    assertThat(PAGES.has("ccw", "2.7")).isTrue();
    assertThat(PAGES.has("ccw", "9.93")).isTrue();
    assertThat(PAGES.has("ccw", "9.94")).isFalse();
    assertThat(PAGES.has("nothing", "")).isFalse();
  }
}
