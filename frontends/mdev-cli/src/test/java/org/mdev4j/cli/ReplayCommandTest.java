package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int replay(String... arguments) {
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of("replay"));
    all.addAll(List.of(arguments));
    return command.execute(all.toArray(String[]::new));
  }

  private String transcript(String name, String errno) throws IOException {
    return Files.writeString(
            folder.resolve(name + ".jsonl"),
            """
            {"step":1,"op":"ls","args":{"path":"/sys/bus/mdev"},"result":{"errno":"%s"}}
            {"step":2,"op":"uname","args":{},"result":{}}
            """
                .formatted(errno))
        .toString();
  }

  @Test
  void aFileThatAgreesIsOneLineAndStatusZero() throws IOException {
    int status = replay(transcript("core-A-right", "ENOENT"));

    assertThat(status).isZero();
    assertThat(out.toString().lines())
        .containsExactly("core-A-right equal=1 deviation=0 emulator=0 skipped=1 different=0");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aPlantedDifferenceIsShownAndStatusOne() throws IOException {
    int status =
        replay("--verbose", transcript("core-A-wrong", "EACCES"), transcript("core-A-x", "ENOENT"));

    assertThat(status).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "core-A-wrong equal=0 deviation=0 emulator=0 skipped=1 different=1",
            "core-A-x equal=1 deviation=0 emulator=0 skipped=1 different=0");
    assertThat(err.toString())
        .contains("core-A-wrong.jsonl:1: step 1 ls different: result.errno: expected \"EACCES\"")
        .contains("got \"ENOENT\"")
        .contains("step 2 uname skipped");
  }

  @Test
  void aFileThatCanNotBeReadIsNamedAndTheOthersGoOn() throws IOException {
    int status = replay(folder.resolve("none.jsonl").toString(), transcript("core-A-x", "ENOENT"));

    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).contains("none.jsonl: there is no such file");
    assertThat(out.toString()).contains("core-A-x equal=1");
  }

  @Test
  void anotherMachineIsTakenByName() throws IOException {
    assertThat(replay("--machine", "plain", transcript("core-A-x", "ENOENT"))).isZero();
  }

  @Test
  void anUnknownMachineIsRefusedByNamingThoseThereAre() throws IOException {
    int status = replay("--machine", "nosuch", transcript("core-A-x", "ENOENT"));

    assertThat(status).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("nosuch", "plain", "s390-oracle");
  }
}
