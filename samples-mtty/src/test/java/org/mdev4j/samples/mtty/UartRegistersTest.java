package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.UartBits.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UartRegistersTest {
  private final UartBench port = new UartBench();

  @ParameterizedTest
  @ValueSource(ints = {0x00, LCR_DLAB})
  void registersAfterReset(int latch) {
    port.out(LCR, latch);

    assertThat(port.in(RBR)).isEqualTo(latch == 0 ? 0 : 12);
    assertThat(port.in(IER)).isZero();
    assertThat(port.in(IIR)).isEqualTo(0x01);
    assertThat(port.in(LCR)).isEqualTo(latch);
    assertThat(port.in(MCR)).isZero();
    assertThat(port.in(LSR)).isEqualTo(0x60);
    assertThat(port.in(MSR)).isZero();
    assertThat(port.in(SCR)).isZero();
  }

  @Test
  void interruptEnableKeepsFourBits() {
    port.out(IER, 0xff);

    assertThat(port.in(IER)).isEqualTo(0x0f);
  }

  @Test
  void divisorIsBehindTheLatchAndKeptApart() {
    port.out(IER, 0x05);
    port.out(LCR, 0x83);
    port.out(0, 0x34);
    port.out(1, 0x12);

    assertThat(port.in(0)).isEqualTo(0x34);
    assertThat(port.in(1)).isEqualTo(0x12);
    assertThat(port.sent).isEmpty();

    port.out(LCR, 0x03);
    assertThat(port.in(1)).isEqualTo(0x05);
    port.out(LCR, 0x83);
    assertThat(port.in(0)).as("the latch clears nothing").isEqualTo(0x34);
    port.out(0, 0x01);
    port.out(0, 0x02);
    assertThat(port.in(0)).as("stored, not accumulated").isEqualTo(0x02);
    assertThat(port.in(1)).isEqualTo(0x12);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, LCR_DLAB})
  void theOthersDoNotDependOnTheLatch(int latch) {
    port.out(LCR, latch);
    port.out(FCR, FCR_ENABLE);
    port.out(MCR, 0x0b);
    port.out(SCR, 0x5a);
    port.out(LSR, 0x00);
    port.out(MSR, 0xff);

    assertThat(port.in(IIR)).isEqualTo(0xc1);
    assertThat(port.in(LCR)).isEqualTo(latch);
    assertThat(port.in(MCR)).isEqualTo(0x0b);
    assertThat(port.in(LSR)).isEqualTo(0x60);
    assertThat(port.in(MSR)).isZero();
    assertThat(port.in(SCR)).isEqualTo(0x5a);
  }

  @Test
  void lineControlKeepsAllBits() {
    port.out(LCR, 0xff);

    assertThat(port.in(LCR)).isEqualTo(0xff);
  }

  @Test
  void modemControlHasNoAutomaticFlowControl() {
    port.out(MCR, 0xff);

    assertThat(port.in(MCR)).isEqualTo(0x1f);
  }

  @Test
  void scratchKeepsEachByte() {
    for (int value = 0; value < 0x100; value++) {
      port.out(SCR, value);
      assertThat(port.in(SCR)).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0xc0, 0xce, 0x06})
  void fifosAreOffWithoutTheirBit(int control) {
    port.out(FCR, FCR_ENABLE);
    port.out(FCR, control);

    assertThat(port.in(IIR)).isEqualTo(0x01);
    port.out(FCR, FCR_ENABLE);
    assertThat(port.in(IIR)).isEqualTo(0xc1);
  }

  @Test
  void wordLengthCutsWhatIsSent() {
    for (int length = 0; length < 4; length++) {
      port.out(LCR, length);
      port.out(THR, 0xff);
    }

    assertThat(port.sent).containsExactly(0x1f, 0x3f, 0x7f, 0xff);
  }

  @Test
  void resetForgetsEverything() {
    port.fifos(0);
    port.receiveCount(17);
    port.out(IER, 0x0f);
    port.out(LCR, 0x80);
    port.out(0, 1);
    port.out(SCR, 1);
    port.out(MCR, 0x0f);
    port.uart.modemInputs(0x10);

    port.uart.reset();
    port.uart.setModemChanges(0);

    assertThat(port.uart.interrupt()).isFalse();
    assertThat(port.clock.timers()).isZero();
    assertThat(port.in(LSR)).isEqualTo(0x60);
    assertThat(port.in(MSR)).as("the wire is as it is").isEqualTo(0x10);
    assertThat(port.in(RBR)).isZero();
    assertThat(port.in(IER)).isZero();
    assertThat(port.in(IIR)).isEqualTo(0x01);
    assertThat(port.in(LCR)).isZero();
    assertThat(port.in(MCR)).isZero();
    assertThat(port.in(SCR)).isZero();
    assertThat(port.outputs).last().isEqualTo(0);
    port.out(LCR, 0x80);
    assertThat(port.in(0)).isEqualTo(12);
  }
}
