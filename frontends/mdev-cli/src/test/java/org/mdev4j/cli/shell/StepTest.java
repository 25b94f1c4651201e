package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jline.reader.SyntaxError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\t", "# all of it", "   # all of it"})
  void nothingIsNoCommand(String line) {
    assertThat(Step.parse(line)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "a b  c         @ a|b|c",
        "echo 'a  b' c  @ echo|a  b|c",
        "echo \"a 'b'\" @ echo|a 'b'",
        "echo 'a \"b\"' @ echo|a \"b\"",
        "echo ''        @ echo|",
        "a\\ b          @ a b",
        "'a\\b'         @ a\\b",
        "\"it's\" b      @ it's|b",
        "'{\"a\": [1]}' @ {\"a\": [1]}",
        "\"a\\\"b\\\\\" @ a\"b\\",
        "\"a\\n\"       @ a\\n",
        "echo a#b # c   @ echo|a#b",
        "echo '#' \\#   @ echo|#|#",
        "echo '>' \\>   @ echo|>|>",
        "echo '*'       @ echo|*",
      })
  void wordsAndQuotes(String line, String words) {
    assertThat(only(line).words()).containsExactly(words.split("\\|", -1));
  }

  @Test
  void redirectionNeedsNoBlanks() {
    for (String line :
        List.of(
            "echo 1 > f",
            "echo 1 >f",
            "echo 1>f",
            "echo 1>> f",
            "echo 1 > f # c > d",
            "echo 1 > 'f'")) {
      Step step = only(line);
      assertThat(step.words()).as(line).containsExactly("echo", "1");
      assertThat(step.target()).as(line).isEqualTo("f");
    }
    assertThat(only("echo > 'a > b'").target()).isEqualTo("a > b");
    assertThat(only("echo 'a > b' \\> c").target()).isNull();
  }

  @Test
  void separators() {
    List<Step> steps = Step.parse("a 1; b > f;c ';' # d; e");
    assertThat(steps)
        .containsExactly(
            new Step(List.of("a", "1"), null),
            new Step(List.of("b"), "f"),
            new Step(List.of("c", ";"), null));
    assertThat(Step.parse("a;")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "echo 'a     @ a quote is never closed",
        "echo \"a'   @ a quote is never closed",
        "echo 1 > 'a @ a quote is never closed",
        "echo a\\    @ there is nothing after the last '\\'",
        "echo >      @ one file has to follow '>', and nothing else",
        "echo > ; ls @ one file has to follow '>', and nothing else",
        "echo > > a  @ one file has to follow '>', and nothing else",
        "echo >a >b  @ one file has to follow '>', and nothing else",
        "echo >a 1   @ one file has to follow '>', and nothing else",
        "> a         @ there is no command before '>'",
        "; ls        @ there is no command before ';'",
        "ls ;; ls    @ there is no command before ';'",
        "ls && ls    @ this shell has no '&'; 'mdev exec -- bash' has",
        "ls & ls     @ this shell has no '&'; 'mdev exec -- bash' has",
        "ls | wc     @ this shell has no '|'; 'mdev exec -- bash' has",
        "ls < a      @ this shell has no '<'; 'mdev exec -- bash' has",
      })
  void whatIsNotUnderstood(String line, String message) {
    assertThatThrownBy(() -> Step.parse(line)).isInstanceOf(SyntaxError.class).hasMessage(message);
  }

  private static Step only(String line) {
    List<Step> steps = Step.parse(line);
    assertThat(steps).as(line).hasSize(1);
    return steps.getFirst();
  }
}
