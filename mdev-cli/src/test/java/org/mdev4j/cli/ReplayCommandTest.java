package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

@DisplayName("mdev replay")
class ReplayCommandTest {
  private static final String CORE = "../conformance/kernel/x86/core-A-load.jsonl";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  @DisplayName("prints one line per file and succeeds when nothing is different")
  void replays() {
    assertThat(run("replay", CORE)).isZero();
    assertThat(out.toString().strip())
        .isEqualTo("core-A-load equal=37 deviation=0 emulator=0 skipped=1 different=0");
  }

  @Test
  @DisplayName("takes another machine by name")
  void takesMachine() {
    assertThat(run("replay", "--machine", "plain", CORE)).isZero();
  }

  @Test
  @DisplayName("refuses an unknown machine, naming those there are")
  void refusesUnknownMachine() {
    assertThat(run("replay", "--machine", "nosuch", CORE)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("nosuch", "plain", "default");
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
