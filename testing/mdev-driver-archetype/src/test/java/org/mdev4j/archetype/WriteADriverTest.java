package org.mdev4j.archetype;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docs/write-a-driver.md}: each step, on top of those before, compiles and passes all tests,
 * and what it says of a mistake is so. Steps are in the page as marked blocks of code.
 */
class WriteADriverTest {
  private static final Path PAGE = Path.of("../../docs/write-a-driver.md");
  private static final Pattern BLOCK =
      Pattern.compile(
          "<!-- step (\\d): (change )?(main|test)/(\\S+) -->\\s*```(?:java)?\n(.*?)```",
          Pattern.DOTALL);
  private static final Pattern MISTAKE =
      Pattern.compile(
          "<!-- step (\\d): without main/(\\S+) \"(.*?)\" fails \"(.*?)\" saying \"(.*?)\" -->");

  @TempDir private Path work;

  @ParameterizedTest(name = "step {0}")
  @ValueSource(ints = {1, 2, 3})
  void compilesAndPasses(int step) throws Exception {
    assertThat(driver(step).failures()).isEmpty();
  }

  @Test
  void everyStepIsThere() throws Exception {
    assertThat(blocks()).extracting(block -> block.group(1)).contains("1", "2", "3").hasSize(18);
  }

  @Test
  void aMistakeIsFoundAsThePageSays() throws Exception {
    Matcher mistake = MISTAKE.matcher(Files.readString(PAGE));
    assertThat(mistake.find()).as("the page has a mistake to try").isTrue();
    String piece = mistake.group(3).replace("\\n", "\n");
    String without = piece.substring(piece.indexOf('\n') + 1);
    GeneratedDriver driver =
        driver(Integer.parseInt(mistake.group(1))).change(mistake.group(2), piece, without);
    assertThat(driver.failures().entrySet())
        .anySatisfy(
            failure -> {
              assertThat(failure.getKey()).contains(mistake.group(4));
              assertThat(failure.getValue()).contains(mistake.group(5));
            });
  }

  private GeneratedDriver driver(int step) throws Exception {
    GeneratedDriver driver = new GeneratedDriver(work);
    for (MatchResult block : blocks()) {
      if (Integer.parseInt(block.group(1)) <= step) {
        apply(block, driver);
      }
    }
    return driver;
  }

  private static void apply(MatchResult block, GeneratedDriver driver) {
    String name = block.group(4);
    String text = block.group(5);
    if (block.group(2) != null) {
      String[] lines = text.split("\n");
      assertThat(lines).as("a change is a line, and what becomes of it").hasSize(2);
      driver.change(name, lines[0], lines[1].replace("\\n", "\n"));
    } else if (block.group(3).equals("main")) {
      driver.with(name, text);
    } else {
      driver.withTest(name, text);
    }
  }

  private static List<MatchResult> blocks() throws Exception {
    return BLOCK.matcher(Files.readString(PAGE)).results().toList();
  }
}
