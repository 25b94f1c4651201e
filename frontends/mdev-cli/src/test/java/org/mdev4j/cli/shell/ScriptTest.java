package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions without a terminal. */
@Timeout(30)
class ScriptTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void emptySessionIsFine() throws Exception {
    assertThat(bench.run("")).isTrue();
    assertThat(bench.run("\n  \n# nothing\n")).isTrue();
    assertThat(bench.out() + bench.err()).isEmpty();
  }

  @Test
  void stopsAtTheFirstFailureAndSaysWhere() throws Exception {
    assertThat(bench.run("echo a\n\ncat /nope; echo b\necho c\n")).isFalse();
    assertThat(bench.out()).isEqualTo("a\n");
    assertThat(bench.err())
        .isEqualTo(
            "cat: ENOENT: /nope: there is no 'nope'\n"
                + "mdev: stopped at line 3; --keep-going would go on\n");
  }

  @Test
  void keepsGoingIfTold() throws Exception {
    assertThat(bench.run("cat /nope; echo b\nsl\necho 'c\necho d", true)).isTrue();
    assertThat(bench.out()).isEqualTo("b\nd\n");
    assertThat(bench.err().lines())
        .containsExactly(
            "cat: ENOENT: /nope: there is no 'nope'",
            "mdev: there is no command 'sl'; did you mean ls?",
            "mdev: a quote is never closed");
  }

  @Test
  void unknownCommandAndBadSyntaxAreFailures() throws Exception {
    assertThat(bench.run("xyzzy 1")).isFalse();
    assertThat(bench.err()).startsWith("mdev: there is no command 'xyzzy'; try help\n");
    assertThat(bench.run("ls | wc")).isFalse();
  }

  @Test
  void exitEndsEvenWithinALine() throws Exception {
    assertThat(bench.run("echo a; exit; echo b\necho c")).isTrue();
    assertThat(bench.out()).isEqualTo("a\n");
    assertThat(bench.run("echo a\nquit\necho c")).isTrue();
    assertThat(bench.out()).isEqualTo("a\n");
    assertThat(bench.run("exit now")).isFalse();
  }
}
