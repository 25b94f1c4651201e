package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.UartBench.TIMEOUT;
import static org.mdev4j.samples.mtty.UartBits.*;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UartTimeoutTest {
  private static final Duration MOMENT = Duration.ofNanos(1);

  private final UartBench port = new UartBench();

  private void waitForBytes() {
    port.fifos(3);
    port.out(IER, IER_RDI);
    port.receiveCount(3);
  }

  @Test
  void comesAfterFourCharactersAndGoesWithARead() {
    waitForBytes();
    port.clock.advance(TIMEOUT.minus(MOMENT));
    assertThat(port.in(IIR)).isEqualTo(0xc1);
    port.clock.advance(MOMENT);
    assertThat(port.in(IIR)).isEqualTo(0xcc);
    assertThat(port.in(IIR)).as("reading IIR does not end it").isEqualTo(0xcc);
    port.in(RBR);
    assertThat(port.in(IIR)).isEqualTo(0xc1);
    port.clock.advance(TIMEOUT);
    assertThat(port.in(IIR)).as("two bytes still wait").isEqualTo(0xcc);
    port.drain();
    port.clock.advance(TIMEOUT.multipliedBy(2));
    assertThat(port.uart.interrupt()).isFalse();
    assertThat(port.clock.timers()).isZero();
  }

  @Test
  void startsAnewWithEachByte() {
    waitForBytes();
    Duration most = TIMEOUT.minus(MOMENT);
    for (int i = 0; i < 5; i++) {
      port.clock.advance(most);
      port.receive(9);
      assertThat(port.clock.timers()).isOne();
    }
    assertThat(port.in(IIR)).isEqualTo(0xc1);
    port.clock.advance(most);
    assertThat(port.in(IIR)).isEqualTo(0xc1);
    port.clock.advance(MOMENT);
    assertThat(port.in(IIR)).isEqualTo(0xcc);
  }

  @Test
  void aByteThatComesDoesNotEndIt() {
    waitForBytes();
    port.clock.advance(TIMEOUT);
    port.receive(9);

    assertThat(port.in(IIR)).isEqualTo(0xcc);
  }

  @Test
  void theLevelIsMoreUrgent() {
    waitForBytes();
    port.clock.advance(TIMEOUT);
    port.receiveCount(11);

    assertThat(port.in(IIR)).isEqualTo(0xc4);
    port.in(RBR);
    assertThat(port.in(IIR)).isEqualTo(0xc1);
  }

  @Test
  void followsTheSpeed() {
    port.out(LCR, LCR_DLAB);
    port.out(0, 1);
    port.out(LCR, 3);
    waitForBytes();
    port.clock.advance(TIMEOUT.dividedBy(12));

    assertThat(port.in(IIR)).isEqualTo(0xcc);
  }

  @Test
  void bytesThatWaitedLongAreToldWhenTheInterruptIsEnabled() {
    port.fifos(3);
    port.receiveCount(3);
    assertThat(port.clock.timers()).isZero();
    port.clock.advance(TIMEOUT);
    port.out(IER, IER_RDI);

    assertThat(port.in(IIR)).isEqualTo(0xcc);
  }

  @Test
  void bytesBelowARaisedLevelAreTold() {
    port.fifos(0);
    port.out(IER, IER_RDI);
    port.receiveCount(3);
    port.fifos(3);
    assertThat(port.in(IIR)).isEqualTo(0xc1);
    port.clock.advance(TIMEOUT);

    assertThat(port.in(IIR)).isEqualTo(0xcc);
  }

  @Test
  void clearingTheFifoEndsIt() {
    waitForBytes();
    port.clock.advance(TIMEOUT);
    port.out(FCR, FCR_ENABLE | 0xc0 | FCR_CLEAR_RECEIVER);

    assertThat(port.uart.interrupt()).isFalse();
  }

  @Test
  void thereIsNoneWithoutFifos() {
    port.out(IER, IER_RDI);
    port.receive(1);
    port.clock.advance(TIMEOUT);

    assertThat(port.in(IIR)).isEqualTo(0x04);
  }

  @Test
  void stoppingStopsTheTimerAndStartingGoesOn() {
    waitForBytes();
    port.uart.stop();
    assertThat(port.clock.timers()).isZero();
    port.clock.advance(TIMEOUT);
    assertThat(port.uart.interrupt()).isFalse();
    port.uart.start();
    assertThat(port.in(IIR)).isEqualTo(0xcc);
  }
}
