package org.mdev4j.sim.css.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.css.CssMachines;
import org.mdev4j.sim.css.CssPanel;
import org.mdev4j.sim.css.channel.Habits;

class CssConfigTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{                                                   # is no JSON",
        "[]                                                  # css is not an object",
        "{} {}                                               # is no JSON",
        "{\"status\": 1}                                     # css knows no 'status', only habits",
        "{\"habits\": \"x\"}                                 # css.habits: \"x\" is none of arch",
        "{\"paths\": {}}                                     # css.paths: {} is no list",
        "{\"paths\": [{}]}                                   # css.paths[0].chpid: is missing",
        "{\"paths\": [{\"chpid\": \"0\"}, {\"chpid\": \"00\"}]} # paths[1].chpid: is there twice",
        "{\"paths\": [{\"chpid\": 0}]}                       # paths[0].chpid: 0 is no number of",
        "{\"subchannels\": [7]}                              # css.subchannels[0] is not an object",
        "{\"subchannels\": [{\"device\": \"xyz\"}]}          # [0].device: \"xyz\" is no number",
        "{\"subchannels\": [{\"device\": \"1\"}]}            # subchannels[0].kind: is missing",
        "{\"subchannels\": [{\"device\": \"1\", \"kind\": \"tape\"}]} # \"tape\" is none of 3215,",
        "{\"subchannels\": [{\"device\": \"1\", \"kind\": \"3270\", \"file\": \"f\"}]} # 'file'",
        "{\"subchannels\": [{\"device\": \"1\", \"kind\": \"virtio\", \"blocks\": 9}]} # type 4 has"
            + " no",
        "{\"subchannels\": [{\"ssid\": 4}]}                  # ssid: 4 is not between 0 and 3",
        "{\"subchannels\": [{\"ssid\": \"4\"}]}              # ssid: \"4\" is no whole number",
        "{\"subchannels\": [{\"qdio\": 1}]}                  # qdio: 1 is neither true nor false",
        "{\"subchannels\": [{\"chpids\": 1}]}                # chpids: 1 is no list of up to 8",
        "{\"subchannels\": [{\"chpids\": [\"100\"]}]}        # chpids[0]: \"100\" is no number",
        "{\"subchannels\": [{\"device\": \"1\", \"kind\": \"test\", \"commands\": {\"2\": {}}}]} #"
            + " '2' is no command",
        "{\"subchannels\": [{\"device\": \"1\", \"kind\": \"test\", \"commands\": {\"02\":"
            + " {\"data\": \"0\"}}}]} # commands.02.data: \"0\" is not at least"
      })
  void saysWhatIsWrongAndWhere(String json, String message) {
    assertThatThrownBy(() -> CssConfig.parse("m", json))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
        .hasMessageStartingWith("machine m: css")
        .hasMessageContaining(message);
  }

  @Test
  void aBadMachineDoesNotStart() {
    assertThatThrownBy(
            () -> Host.builder().machine(CssMachines.of("mine", "{\"paths\": 1}")).start())
        .hasMessage("machine mine: css.paths: 1 is no list");
  }

  @Test
  void everyKindOfDevice() {
    String json =
        """
        {"subchannels": [
          {"device": "0001", "kind": "fba", "blocks": 16},
          {"device": "0002", "kind": "eckd", "cylinders": 1, "readOnly": true},
          {"device": "0003", "kind": "3215", "nonBlocking": true, "port": 0},
          {"device": "0004", "kind": "3270", "chpids": ["20", "21"]},
          {"device": "0005", "kind": "virtio", "virtio": 2, "blocks": 16, "queues": 2},
          {"device": "0006", "kind": "test", "identity": "FF 1234 56 789A BC",
           "commands": {"02": {"data": "0102", "delayMillis": 5, "channelEndFirst": true},
                        "01": {"take": 4, "status": "0e", "sense": "8000"}}},
          {"number": "0010"},
          {"number": "0011", "device": "0007", "kind": "test", "qdio": true, "type": 1}]}
        """;
    try (Host host = Host.builder().machine(CssMachines.of("mine", json)).start()) {
      ChannelSubsystem css = host.service(ChannelSubsystem.class);
      CssPanel panel = host.service(CssPanel.class);
      assertThat(panel.devices())
          .extracting(device -> device.number())
          .containsExactly(1, 2, 3, 4, 5, 6, 7);
      assertThat(css.subchannels()).hasSize(7);
      assertThat(host.tree().resolve("/sys/bus/ccw/devices/0.0.0006/").path())
          .isEqualTo("/sys/devices/css0/0.0.0005/0.0.0006");
      assertThat(panel.device(6).console()).isNull();
      assertThat(panel.device(4).console()).isNotNull();
    }
  }

  @Test
  void machinesThatAreKnownByName() {
    assertThat(CssMachines.names()).containsExactly("default", "s390-oracle");
    for (String name : CssMachines.names()) {
      try (Host host = Host.builder().machine(CssMachines.find(name).orElseThrow()).start()) {
        assertThat(host.service(ChannelSubsystem.class).subchannels()).isNotEmpty();
      }
    }
    assertThat(CssMachines.find("other")).isEmpty();
    String oracle = CssMachines.find("s390-oracle").orElseThrow().hardware().get("css");
    assertThat(CssConfig.parse("m", oracle).habits()).isEqualTo(Habits.EMULATOR);
    assertThat(CssMachines.find("s390-oracle").orElseThrow().powerManagement()).isFalse();
  }

  @Test
  void aMachineWithoutAChannelSubsystemHasNone() {
    try (Host host = Host.builder().start()) {
      assertThatThrownBy(() -> host.service(ChannelSubsystem.class))
          .isInstanceOf(IllegalStateException.class);
      assertThat(host.modules().loaded()).isEmpty();
    }
  }
}
