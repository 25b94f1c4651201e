package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.UartBits.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UartModemTest {
  private final UartBench port = new UartBench();

  @ParameterizedTest
  @CsvSource({"0x10, 0x11", "0x20, 0x22", "0x80, 0x88"})
  void aChangeIsToldUntilItIsRead(String input, String status) {
    int bits = Integer.decode(input);
    port.out(IER, IER_MSI);
    port.uart.modemInputs(bits);

    assertThat(port.in(IIR)).isEqualTo(0x00);
    assertThat(port.in(MSR)).isEqualTo(Integer.decode(status));
    assertThat(port.in(IIR)).isEqualTo(0x01);
    assertThat(port.in(MSR)).isEqualTo(bits);
    port.uart.modemInputs(0);
    assertThat(port.in(MSR)).isEqualTo(Integer.decode(status) & 0x0f);
  }

  @Test
  void ringingIsToldWhenItEnds() {
    port.uart.modemInputs(MSR_RI);
    assertThat(port.in(MSR)).isEqualTo(0x40);
    port.uart.modemInputs(0);
    assertThat(port.in(MSR)).isEqualTo(0x04);
  }

  @Test
  void aChangeThereAndBackIsStillTold() {
    port.uart.modemInputs(MSR_CTS);
    port.uart.modemInputs(0);

    assertThat(port.in(MSR)).isEqualTo(0x01);
  }

  @ParameterizedTest
  @CsvSource({"0x11, 0x20", "0x12, 0x10", "0x14, 0x40", "0x18, 0x80", "0x1a, 0x90", "0x1f, 0xf0"})
  void whileLoopedTheOutputsAreTheInputs(String control, String inputs) {
    port.out(MCR, Integer.decode(control));

    assertThat(port.in(MSR) & 0xf0).isEqualTo(Integer.decode(inputs));
  }

  @Test
  void whileLoopedTheWireIsCutOff() {
    port.uart.modemInputs(MSR_CTS | MSR_DSR);
    port.in(MSR);
    port.out(MCR, MCR_LOOP | MCR_DTR | MCR_RTS);
    assertThat(port.in(MSR)).as("as before the loop").isEqualTo(0x30);
    assertThat(port.outputs).last().as("idle on the wire").isEqualTo(0);
    port.uart.modemInputs(MSR_DCD);
    port.receive('x');
    port.uart.receiveBreak();
    assertThat(port.in(MSR)).isEqualTo(0x30);
    assertThat(port.in(LSR)).isEqualTo(0x60);
    port.out(MCR, MCR_DTR);
    assertThat(port.in(MSR)).isEqualTo(0x8b);
    assertThat(port.outputs).last().isEqualTo(MCR_DTR);
  }

  @Test
  void whileLoopedChangesInterrupt() {
    port.out(MCR, MCR_LOOP);
    port.out(IER, IER_MSI);
    port.out(MCR, MCR_LOOP | MCR_RTS);

    assertThat(port.in(IIR)).isEqualTo(0x00);
    assertThat(port.in(MSR)).isEqualTo(0x11);
  }

  @Test
  void whileLoopedBytesComeBackAndDoNotGoOut() {
    port.fifos(0);
    port.out(LCR, 3);
    port.out(MCR, MCR_LOOP);
    for (int i = 0; i < 17; i++) {
      port.out(THR, i);
    }

    assertThat(port.sent).isEmpty();
    assertThat(port.in(LSR)).isEqualTo(0x63);
    assertThat(port.drain()).hasSize(16).startsWith(0, 1).endsWith(15);
  }
}
