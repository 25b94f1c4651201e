// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.Uevents;

class UeventLogTest {
  private static final String LAST = "change@/last SUBSYSTEM=bus\n";

  private final Uevents uevents = new Uevents();

  private void emit(int count) {
    for (int i = 0; i < count; i++) {
      uevents.emit(Action.CHANGE, "/a", "bus", List.of());
    }
  }

  /** An output that takes nothing until it is let go. */
  private static final class Stalled extends StringWriter {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);

    @Override
    public void write(String text, int offset, int length) {
      reached.countDown();
      pass(goOn);
      super.write(text, offset, length);
    }
  }

  private static void pass(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void saysHowManyEventsWereLostAndGoesOn() {
    Stalled out = new Stalled();
    try (UeventLog _ = new UeventLog(uevents, new PrintWriter((Writer) out))) {
      emit(1);
      pass(out.reached);
      emit(Uevents.ROOM - 1);
      uevents.emit(Action.CHANGE, "/last", "bus", List.of());
      emit(5);
      out.goOn.countDown();
      // Closing interrupts the printer, and this output would notice.
      await().atMost(60, TimeUnit.SECONDS).until(() -> out.toString().endsWith(LAST));
    }
    assertThat(out.toString().lines())
        .hasSize(Uevents.ROOM + 2)
        .startsWith(
            "uevent change@/a SUBSYSTEM=bus",
            "uevents: ENOBUFS: 5 uevents were lost, from number 16386 on:"
                + " 16384 were waiting to be read",
            "uevent change@/a SUBSYSTEM=bus");
  }
}
