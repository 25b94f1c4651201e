package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;

class SyntheticUeventTest {
  private static final String UUID = "Fe4d7c9d-b8c6-4a70-9ef1-3d8a58d18eed";

  @ParameterizedTest
  @EnumSource(Action.class)
  void everyActionCanBeSentAgain(Action action) {
    SyntheticUevent event = SyntheticUevent.parse(action.word() + "\n");

    assertThat(event.action()).isEqualTo(action);
    assertThat(event.env()).containsExactly("SYNTH_UUID=0");
  }

  @Test
  void aUuidAndArgumentsGoIntoTheEvent() {
    assertThat(SyntheticUevent.parse("add " + UUID).env()).containsExactly("SYNTH_UUID=" + UUID);
    assertThat(SyntheticUevent.parse("add " + UUID + " A=1 B=abc").env())
        .containsExactly("SYNTH_UUID=" + UUID, "SYNTH_ARG_A=1", "SYNTH_ARG_B=abc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bogus",
        "",
        "\n",
        "ADD",
        "adding",
        "add no-uuid",
        "add A=1",
        "add 123456789-111-2222-3333-444444444444",
        "add fe4d7c9db8c64a709ef13d8a58d18eed1234",
        "add " + UUID + "0",
        "add " + UUID + " A",
        "add " + UUID + " A=",
        "add " + UUID + " A=b-c",
        "add " + UUID + " =1"
      })
  void anythingElseIsEinval(String text) {
    assertRefused(Errno.EINVAL, () -> SyntheticUevent.parse(text));
  }
}
