package org.mdev4j.cli.shell.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.cli.shell.builtin.Bench.CREATE;
import static org.mdev4j.cli.shell.builtin.Bench.DEVICE;
import static org.mdev4j.cli.shell.builtin.Bench.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions without a terminal. */
@Timeout(30)
class ScriptTest {
  private static final String IN_USE = "modprobe mtty\n" + CREATE + "open " + UUID + "\n";
  private static final String REMOVE = "echo 1 > " + DEVICE + "/remove";

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
                + "mdev: stopped at line 3; --keep-going would go on\n"
                    .replace("\n", System.lineSeparator()));
  }

  @Test
  void keepsGoingIfTold() throws Exception {
    assertThat(bench.run("cat /nope; echo b\nsl\necho 'c\necho d", true, 0)).isTrue();
    assertThat(bench.out()).isEqualTo("b\nd\n");
    assertThat(bench.err().lines())
        .containsExactly(
            "cat: ENOENT: /nope: there is no 'nope'",
            "mdev: there is no command 'sl'; did you mean ls?",
            "mdev: the quote ' is never closed");
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
    assertThat(bench.run("exit now")).isFalse();
  }

  @Test
  void blockedWriteGoesOnInTheBackground() throws Exception {
    assertThat(
            bench.run(
                IN_USE
                    + REMOVE
                    + " &\njobs\nclose "
                    + UUID
                    + "\nwait\njobs\nls /sys/bus/mdev/devices\n"))
        .isTrue();
    assertThat(bench.out()).isEqualTo("[1] " + REMOVE + "\n");
    assertThat(bench.err().strip()).isEqualTo("[1] done: " + REMOVE);
  }

  @Test
  void endOfTheSessionLetsGoAndWaits() throws Exception {
    assertThat(bench.run(IN_USE + REMOVE + " &\n")).isTrue();
    assertThat(bench.err().strip()).isEqualTo("[1] done: " + REMOVE);
    assertThat(bench.run("ls /sys/bus/mdev/devices")).isTrue();
    assertThat(bench.out()).isEmpty();
  }

  @Test
  void failureInTheBackgroundIsAFailureOfWaitOrOfTheSession() throws Exception {
    assertThat(bench.run("cat /nope &\nwait\necho no")).isFalse();
    assertThat(bench.out()).isEmpty();
    assertThat(bench.err())
        .contains("cat: ENOENT: /nope: there is no 'nope'\n[1] failed: cat /nope")
        .contains("wait: a command in the background has failed\n");
    assertThat(bench.run("cat /nope &")).isFalse();
    assertThat(bench.err()).contains("mdev: a command in the background has failed");
    assertThat(bench.run("cat /nope &", true, 0)).isTrue();
  }

  @Test
  void someCommandsMakeNoSenseInTheBackground() throws Exception {
    bench.runAll("cd / &\nwait &\nexit &\npwd");
    assertThat(bench.out()).isEqualTo("/sys\n");
    assertThat(bench.err().lines())
        .containsExactly(
            "cd: can't run in the background",
            "wait: can't run in the background",
            "exit: can't run in the background");
  }

  @Test
  void personsAreToldMore() throws Exception {
    bench.run("uevents; jobs; lsmod; modprobe mtty; modprobe mtty\necho a &\nwait", false, 80);
    assertThat(bench.out())
        .contains("nothing was announced\n")
        .contains("nothing runs in the background\n")
        .contains("no module is loaded; modprobe loads one\n")
        .contains("mtty is loaded already\n")
        .contains("[1] echo a\n");
    assertThat(bench.err()).startsWith("a\n[1] done: echo a");
  }
}
