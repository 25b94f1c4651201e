package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.PathMatcher;
import java.util.Random;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
  private static final long SEED = 4711;
  private static final int GLOBS = 5_000;

  @ParameterizedTest
  @CsvSource({
    "*, name, true",
    "*, a/b, false",
    "**, a/b, true",
    "a/**/c, a/b/b/c, true",
    "vfio?, vfio0, true",
    "vfio?, vfio12, false",
    "a?b, a/b, false",
    "[a-c]x, bx, true",
    "[!a-c]x, bx, false",
    "[!a-c]x, dx, true",
    "[!a]b, /b, false",
    "[-a], -, true",
    "[a-], -, true",
    "[*?\\], \\, true",
    "[^a], ^, true",
    "[&&a], &, true",
    "'{create,remove}', remove, true",
    "'{a*,b?}/x', abc/x, true",
    "'a,b', 'a,b', true",
    "a}, a}, true",
    "\\*, *, true",
    "\\*, x, false",
    "a.b, axb, false",
    "(a|b)+, a, false",
    ".*, .hidden, true",
    "**, 'two\nlines', true",
  })
  void matches(String glob, String path, boolean expected) {
    assertThat(Glob.compile(glob).matcher(path).matches()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a", "[", "[]", "[!]", "[a/b]", "[c-a]", "{a", "{a{b}}", "\\", "[a-"})
  void refuses(String glob) {
    assertThatExceptionOfType(PatternSyntaxException.class).isThrownBy(() -> Glob.compile(glob));
  }

  @Test
  void randomGlobsMatchWhatTheDefaultFileSystemMatches() {
    FileSystem oracle = FileSystems.getDefault();
    assumeThat(oracle.getSeparator()).isEqualTo("/");
    String[] pieces = {
      "a", "b", "/", "*", "**", "?", "[ab]", "[!a]", "[a-c]", "{a,b/c}", "{*,?b}", ".", "\\*", "+"
    };
    String[] letters = {"a", "b", "c", "/", ".", "*", "+"};
    Random random = new Random(SEED);
    int matched = 0;
    for (int i = 0; i < GLOBS; i++) {
      String glob = pick(random, pieces, 1 + random.nextInt(4));
      PathMatcher expected = oracle.getPathMatcher("glob:" + glob);
      for (int j = 0; j < 20; j++) {
        // Through a path, because that is what drops doubled and final slashes.
        String path = oracle.getPath(pick(random, letters, random.nextInt(5))).toString();
        boolean matches = Glob.compile(glob).matcher(path).matches();
        assertThat(matches)
            .as("'%s' on '%s'", glob, path)
            .isEqualTo(expected.matches(oracle.getPath(path)));
        matched += matches ? 1 : 0;
      }
    }
    assertThat(matched).as("a test in which nothing matches tests nothing").isGreaterThan(1000);
  }

  private static String pick(Random random, String[] from, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(from[random.nextInt(from.length)]);
    }
    return text.toString();
  }
}
