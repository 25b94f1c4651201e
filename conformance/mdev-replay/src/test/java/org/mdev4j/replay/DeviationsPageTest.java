package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mdev4j.replay.rules.Rule;
import org.mdev4j.replay.rules.Rules;

/** The published list of deviations and the rules in code are the same list. */
class DeviationsPageTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\|.*\\| ([^|]+) \\|$", Pattern.MULTILINE);

  @Test
  void everyRuleIsOnThePageUnderItsKindAndViceVersa() throws IOException {
    String page = Files.readString(Conformance.root().resolve("docs/deviations.md"));
    String[] parts = page.split("(?m)^## ");
    List<String> listed = new ArrayList<>();
    for (String part : parts) {
      String kind = part.lines().findFirst().orElse("");
      Matcher row = ROW.matcher(part);
      while (row.find()) {
        listed.add(kind + " / " + row.group(1) + " / " + row.group(2).strip());
      }
    }

    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(
            Rules.all().stream().map(DeviationsPageTest::entry).toList());
  }

  @Test
  void noTwoRulesShareAName() {
    assertThat(Rules.all()).extracting(Rule::name).doesNotHaveDuplicates();
  }

  private static String entry(Rule rule) {
    String kind = rule.kind() == Rule.Kind.EMULATOR ? "Emulator" : "Deviations";
    return kind + " / " + rule.name() + " / " + rule.reason().text();
  }
}
