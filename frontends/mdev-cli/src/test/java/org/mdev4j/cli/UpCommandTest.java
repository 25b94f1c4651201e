package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a process of its own, since it is about signals. */
class UpCommandTest {
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void endsWithStatusZeroWhenToldTo(String signal) throws Exception {
    try (MdevProcess up = MdevProcess.start("up", "--modules", "mtty")) {
      assertThat(up.nextLine()).isEqualTo("ready");
      up.signal(signal);
      assertThat(up.status()).isZero();
      assertThat(up.restOfOutput()).isEmpty();
      assertThat(up.errors()).isEmpty();
    }
  }

  @Test
  void verboseLogsUeventsFromTheFirstModuleToTheLast() throws Exception {
    try (MdevProcess up = MdevProcess.start("up", "-v", "--modules", "mtty")) {
      assertThat(up.nextLine()).isEqualTo("ready");
      up.signal("TERM");
      assertThat(up.status()).isZero();
      assertThat(up.errors())
          .containsSubsequence(
              List.of(
                  "uevent add@/module/mtty SUBSYSTEM=module",
                  "uevent remove@/module/mtty SUBSYSTEM=module"))
          .allMatch(line -> line.startsWith("uevent "));
    }
  }

  @Test
  void whatCanNotBeHadFailsBeforeReady() throws Exception {
    try (MdevProcess up = MdevProcess.start("up", "--modules", "nope")) {
      assertThat(up.status()).isEqualTo(2);
      assertThat(up.restOfOutput()).isEmpty();
      assertThat(up.errors()).first().asString().startsWith("mdev: there is no module 'nope'");
    }
  }
}
