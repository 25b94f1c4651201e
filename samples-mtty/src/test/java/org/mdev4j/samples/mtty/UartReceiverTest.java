package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.UartBits.*;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UartReceiverTest {
  private final UartBench port = new UartBench();

  private static List<Integer> oneTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16})
  void fifoKeepsOrder(int count) {
    port.fifos(0);
    port.receiveCount(count);

    assertThat(port.in(LSR)).isEqualTo(0x61);
    assertThat(port.drain()).isEqualTo(oneTo(count));
    assertThat(port.in(LSR)).isEqualTo(0x60);
    assertThat(port.in(RBR)).as("of an empty receiver").isZero();
    assertThat(port.emptied).isOne();
  }

  @Test
  void theSeventeenthByteIsLostAndToldOnce() {
    port.fifos(0);
    port.receiveCount(17);

    assertThat(port.in(LSR)).isEqualTo(0x63);
    assertThat(port.in(LSR)).isEqualTo(0x61);
    assertThat(port.drain()).isEqualTo(oneTo(16));
  }

  @Test
  void fifoWrapsAround() {
    port.fifos(0);
    for (int round = 0; round < 5; round++) {
      port.receiveCount(10);
      assertThat(port.drain()).isEqualTo(oneTo(10));
    }
  }

  @Test
  void withoutFifosTheNewByteReplacesTheOldOne() {
    port.receive('a', 'b');

    assertThat(port.in(LSR)).isEqualTo(0x63);
    assertThat(port.drain()).containsExactly((int) 'b');
  }

  @Test
  void clearingTheReceiverDropsBytesButNotTheOverrun() {
    port.fifos(0);
    port.receiveCount(17);
    port.out(FCR, FCR_ENABLE | FCR_CLEAR_RECEIVER);

    assertThat(port.in(LSR)).isEqualTo(0x62);
    assertThat(port.drain()).isEmpty();
    port.receiveCount(16);
    assertThat(port.drain()).isEqualTo(oneTo(16));
  }

  @Test
  void clearingTheTransmitterLeavesTheReceiverAlone() {
    port.fifos(0);
    port.receiveCount(3);
    port.out(FCR, FCR_ENABLE | 0x04);

    assertThat(port.drain()).isEqualTo(oneTo(3));
  }

  @Test
  void turningFifosOnOrOffClears() {
    port.receive(1);
    port.fifos(0);
    assertThat(port.drain()).isEmpty();
    port.receiveCount(5);
    port.out(FCR, 0);
    assertThat(port.drain()).isEmpty();
  }

  @Test
  void clearBitWithoutEnableBitIsNotLookedAt() {
    port.receive(7);
    port.out(FCR, FCR_CLEAR_RECEIVER);

    assertThat(port.drain()).containsExactly(7);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 4", "2, 8", "3, 14"})
  void levels(int code, int level) {
    port.fifos(code);
    port.out(IER, IER_RDI);
    port.receiveCount(level - 1);
    assertThat(port.uart.interrupt()).isFalse();
    port.receive(0xff);
    assertThat(port.in(IIR)).isEqualTo(0xc4);
    assertThat(port.in(RBR)).isNotZero();
    assertThat(port.uart.interrupt()).as("below the level again").isFalse();
  }

  @Test
  void breakIsAByteOfZeroWithItsMark() {
    port.fifos(0);
    port.receive('a');
    port.uart.receiveBreak();
    port.receive('b');

    assertThat(port.in(LSR)).as("an error, but not of the oldest byte").isEqualTo(0xe1);
    assertThat(port.in(RBR)).isEqualTo('a');
    assertThat(port.in(LSR)).isEqualTo(0xf1);
    assertThat(port.in(LSR)).as("cleared by reading").isEqualTo(0x61);
    assertThat(port.drain()).containsExactly(0, (int) 'b');
  }

  @Test
  void breakIsToldThoughItsByteWasReadBefore() {
    port.fifos(0);
    port.uart.receiveBreak();
    assertThat(port.in(RBR)).isZero();

    assertThat(port.in(LSR)).isEqualTo(0xf0);
    assertThat(port.in(LSR)).isEqualTo(0x60);
  }

  @Test
  void breakWithoutFifosHasNoFifoError() {
    port.uart.receiveBreak();

    assertThat(port.in(LSR)).isEqualTo(0x71);
  }

  @Test
  void breakGoesOutOnceAndHoldsBackBytes() {
    port.out(LCR, 0x43);
    port.out(LCR, 0x43);
    port.out(THR, 'x');
    assertThat(port.breaks).isOne();
    assertThat(port.sent).isEmpty();
    port.out(LCR, 0x03);
    port.out(THR, 'y');
    assertThat(port.sent).containsExactly((int) 'y');
    port.out(LCR, 0x43);
    assertThat(port.breaks).isEqualTo(2);
  }

  @Test
  void breakIsNotLoopedAndGoesOutWhenTheLoopEnds() {
    port.out(MCR, MCR_LOOP);
    port.out(LCR, 0x43);
    assertThat(port.breaks).isZero();
    assertThat(port.in(LSR)).isEqualTo(0x60);
    port.out(MCR, 0);
    assertThat(port.breaks).isOne();
  }

  @Test
  void roomIsWhatCanBeReceivedWithoutLoss() {
    assertThat(port.uart.room()).isOne();
    port.fifos(0);
    assertThat(port.uart.room()).isEqualTo(16);
    port.receiveCount(10);
    assertThat(port.uart.room()).isEqualTo(6);
    port.out(MCR, MCR_LOOP);
    assertThat(port.uart.room()).isZero();
  }
}
