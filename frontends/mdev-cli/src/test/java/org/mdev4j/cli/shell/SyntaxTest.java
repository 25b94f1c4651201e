package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\t", "# all of it", "   # all of it"})
  void nothingIsNoCommand(String line) throws SyntaxException {
    assertThat(Syntax.parse(line)).isEmpty();
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
        "a'b'\"c\"d     @ abcd",
        "a\\ b          @ a b",
        "'a\\b'         @ a\\b",
        "\"a\\\"b\\\\\" @ a\"b\\",
        "\"a\\n\"       @ a\\n",
        "echo a#b # c   @ echo|a#b",
        "echo '#' \\#   @ echo|#|#",
        "echo '>' \\>   @ echo|>|>",
        "echo '*'       @ echo|*",
      })
  void wordsAndQuotes(String line, String words) throws SyntaxException {
    assertThat(texts(only(line))).containsExactly(words.split("\\|", -1));
  }

  @Test
  void redirectionMayStandAnywhereAndWithoutBlanks() throws SyntaxException {
    for (String line : List.of("echo 1 > f", "echo 1 >f", "echo 1>f", "> f echo 1", "echo >>f 1")) {
      Step step = only(line);
      assertThat(texts(step)).as(line).containsExactly("echo", "1");
      assertThat(step.target()).as(line).isEqualTo("f");
    }
    assertThat(only("echo > 'a b'").target()).isEqualTo("a b");
  }

  @Test
  void separators() throws SyntaxException {
    List<Step> steps = Syntax.parse("a 1; b & c;d # e");
    assertThat(steps).extracting(Step::text).containsExactly("a 1", "b", "c", "d");
    assertThat(steps).extracting(Step::background).containsExactly(false, true, false, false);
    assertThat(steps.getFirst().target()).isNull();
  }

  @Test
  void onlyUnquotedPatternsArePatterns() throws SyntaxException {
    List<Word> words = only("ls a*'*'{b} 'a*' [x]? ]").words();
    assertThat(words)
        .extracting(Word::glob)
        .containsExactly(null, "a*\\*\\{b\\}", null, "[x]?", null);
    assertThat(words.get(1).text()).isEqualTo("a**{b}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "echo 'a     @ the quote ' is never closed",
        "echo \"a'   @ the quote \" is never closed",
        "echo a\\    @ there is nothing after the last '\\'",
        "echo >      @ there is no file after '>'",
        "echo > ; ls @ there is no file after '>'",
        "echo > > a  @ there is no file after '>'",
        "echo >a >b  @ only one '>' can be in a command",
        "> a         @ there is no command before '> a'",
        "; ls        @ there is no command before ';'",
        "ls ;; ls    @ there is no command before ';'",
        "& ls        @ there is no command before '&'",
        "ls && ls    @ this shell has no '&&'; put ';' or a new line between commands",
        "ls | wc     @ this shell has no '|'; quote it if it is text",
        "ls < a      @ this shell has no '<'; quote it if it is text",
      })
  void whatIsNotUnderstood(String line, String message) {
    assertThatThrownBy(() -> Syntax.parse(line))
        .isInstanceOf(SyntaxException.class)
        .hasMessage(message);
  }

  private static Step only(String line) throws SyntaxException {
    List<Step> steps = Syntax.parse(line);
    assertThat(steps).as(line).hasSize(1);
    return steps.getFirst();
  }

  private static List<String> texts(Step step) {
    return step.words().stream().map(Word::text).toList();
  }
}
