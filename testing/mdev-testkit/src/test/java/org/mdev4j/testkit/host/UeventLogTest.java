// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.testkit.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.Uevents;

class UeventLogTest {
  private final Uevents uevents = new Uevents();
  private final UeventLog log = new UeventLog(uevents, 2);

  private void emit(int count) {
    for (int i = 0; i < count; i++) {
      uevents.emit(Action.ADD, "/devices/a", "mdev", List.of());
    }
  }

  @Test
  void eventsThatWereLostFailTheTestThatLooks() {
    emit(5);

    assertThatThrownBy(() -> log.of("a"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("3 uevents were lost")
        .hasMessageEndingWith("look at uevents, or clear them, more often");
  }

  @Test
  void aTestThatForgetsWhatWasForgetsWhatWasLostToo() {
    emit(5);

    log.clear();

    assertThat(log.events()).isEmpty();
    emit(1);
    log.ofAll().containsExactly("add@/devices/a");
  }
}
