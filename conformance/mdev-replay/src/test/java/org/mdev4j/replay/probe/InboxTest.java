// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.replay.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.Uevents;

class InboxTest {
  private final Uevents uevents = new Uevents();
  private final Inbox inbox = new Inbox(uevents, Inbox.Form.STRINGS, 2);

  enum Read {
    TAKE,
    TAKE_NOW,
    PENDING,
    DRAIN
  }

  private void emit(int count) {
    for (int i = 0; i < count; i++) {
      uevents.emit(Action.ADD, "/devices/a", "mdev", List.of());
    }
  }

  private ThrowingCallable reading(Read read) {
    return switch (read) {
      case TAKE -> () -> inbox.take(2, false);
      case TAKE_NOW -> () -> inbox.takeNow(2);
      case PENDING -> inbox::pending;
      case DRAIN -> inbox::drain;
    };
  }

  @ParameterizedTest
  @EnumSource
  void aReplayThatMissesEventsBreaks(Read read) throws InterruptedException {
    emit(2);
    assertThat(inbox.take(2, false)).hasSize(2);
    emit(3);

    assertThatIllegalStateException()
        .isThrownBy(reading(read))
        .withMessageStartingWith("the replay missed events: 1 uevents were lost");

    inbox.close();
  }
}
