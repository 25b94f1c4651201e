package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.test.Need;
import org.mdev4j.test.Needs;

/** The unmodified mdevctl, on each driver; see {@code src/test/mdevctl/README.md}. */
@Needs({Need.ROOT, Need.FUSE, Need.MDEVCTL})
class MdevctlTest {
  private static final Path TRANSCRIPTS = Path.of("src/test/mdevctl");
  private static final String PROMPT = "$ ";

  /** Definitions go into a place of the namespace's own, and leave no trace. */
  private static final String PREPARE =
      """
      mount -t tmpfs mdev4j-test /etc/mdevctl.d || exit 99
      mkdir -p /etc/mdevctl.d/scripts.d/callouts /etc/mdevctl.d/scripts.d/notifiers
      fill() {
        type=$(echo /sys/class/mdev_bus/*/mdev_supported_types/$1)
        while [ "$(cat $type/available_instances)" -gt 0 ]; do
          cat /proc/sys/kernel/random/uuid > $type/create
        done
      }
      clear() {
        for device in /sys/bus/mdev/devices/*; do echo 1 > $device/remove; done
      }
      run() {
        echo "$ $*"
        eval "$*" 2>&1
        status=$?
        [ $status = 0 ] || echo "= $status"
      }
      """;

  @TestFactory
  Stream<DynamicTest> printsWhatItPrintsOnAKernel() throws IOException {
    List<Path> transcripts;
    try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
      transcripts = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
    assertThat(transcripts).isNotEmpty();
    return transcripts.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> replay(file)));
  }

  private static void replay(Path file) throws Exception {
    List<String> lines = Files.readAllLines(file);
    StringBuilder script = new StringBuilder(PREPARE);
    lines.stream()
        .filter(line -> line.startsWith(PROMPT))
        .forEach(line -> script.append("run '").append(line.substring(2)).append("'\n"));
    List<String> arguments = new ArrayList<>(List.of("exec"));
    arguments.addAll(Arrays.asList(lines.getFirst().substring(1).strip().split(" ")));
    arguments.addAll(List.of("--", "sh", "-c", script.toString()));
    try (MdevProcess exec = MdevProcess.start(arguments.toArray(String[]::new))) {
      List<String> printed = exec.restOfOutput();
      assertThat(exec.errors()).isEmpty();
      assertThat(printed).isEqualTo(lines.subList(1, lines.size()));
      assertThat(exec.status()).isZero();
    }
  }
}
