package org.mdev4j.sim.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;

@DisplayName("A machine's AP part")
class MachineFileTest {
  @Test
  @DisplayName("says everything")
  void full() {
    String json =
        """
        {"maxAdapter": "3f", "maxDomain": "1f",
         "cards": [{"adapter": "3f", "type": 14, "mode": "ep11", "depth": 3, "messageLimit": 5}],
         "domains": ["1f"], "controlDomains": ["0000"], "apmask": "0x8", "aqmask": "f"}
        """;
    try (Rig rig = new Rig(ApMachines.of("mine", json))) {
      assertThat(rig.ap.qci())
          .isEqualTo(
              new QciInfo(
                  true,
                  true,
                  0x3f,
                  0x1f,
                  new ApMatrix(ApMask.of(0x3f), ApMask.of(0x1f), ApMask.of(0))));
      assertThat(rig.ap.reserved()).isEqualTo(ApMatrix.ofQueues(ApMask.of(0), ApMask.first(4)));
      TestedQueue tested = rig.ap.tapq(new Apqn(0x3f, 0x1f));
      assertThat(tested.type()).isEqualTo(14);
      assertThat(tested.functions()).isEqualTo(0x66000000);
      assertThat(tested.depth()).isEqualTo(3);
      assertThat(tested.messageLimit()).isEqualTo(5 * 4096);
    }
  }

  @Test
  @DisplayName("or nothing: a bus without cards")
  void empty() {
    try (Rig rig = new Rig(ApMachines.of("bare", "{}"))) {
      assertThat(rig.read("/sys/bus/ap/bindings")).isEqualTo("0/0 (complete)\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "{\"card\": []} @ card",
        "{\"cards\": {}} @ ap: ",
        "{\"cards\": [{}]} @ a card has no adapter number",
        "{\"cards\": [null]} @ a card has no adapter number",
        "{\"cards\": [{\"adapter\": \"100\"}]} @ cards.adapter: '100' is no number from 00 to ff",
        "{\"cards\": [{\"adapter\": \"05\"}, {\"adapter\": \"05\"}]} @ adapter 05 is there twice",
        "{\"cards\": [{\"adapter\": \"05\", \"type\": 15}]} @ type: 15 is not between 3 and 14",
        "{\"cards\": [{\"adapter\": \"05\", \"type\": 1.5}]} @ 1.5",
        "{\"cards\": [{\"adapter\": \"05\", \"mode\": \"x\"}]} @ 'x' is none of accelerator",
        "{\"cards\": [{\"adapter\": \"05\", \"depth\": 16}]} @ depth: 16 is not between 0 and 15",
        "{\"maxAdapter\": \"04\", \"cards\": [{\"adapter\": \"05\"}]} @ 05 is more than",
        "{\"maxDomain\": \"04\", \"domains\": [\"0005\"]} @ 05 is more than",
        "{\"apxa\": false, \"controlDomains\": [\"10\"]} @ 10 is more than the highest number, 0f",
        "{\"domains\": [\"x\"]} @ domains: 'x' is no number",
        "{\"apmask\": \"xyz\"} @ apmask: 'xyz' is no mask",
        "{ @ line 1",
        "null @ is null",
        "{} {} @ line 1",
      })
  @DisplayName("what is wrong is named")
  void bad(String json, String reason) {
    assertThatThrownBy(() -> Host.builder().machine(ApMachines.of("bad", json)).start())
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(Errno.EINVAL))
        .hasMessageStartingWith("machine bad: ap")
        .hasMessageContaining(reason);
  }

  @Test
  @DisplayName("machines by name")
  void names() {
    assertThat(ApMachines.names()).allMatch(name -> ApMachines.find(name).isPresent());
    assertThat(ApMachines.find("none")).isEmpty();
  }
}
