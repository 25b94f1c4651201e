package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.UartBits.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NullModemTest {
  private final Machine machine = new Machine(Backend.NULL_MODEM);
  private final OpenCard card = machine.card(2);

  @AfterEach
  void close() {
    card.close();
    machine.close();
  }

  @Test
  void bytesGoAcross() {
    card.out(0, LCR, 3);
    card.out(1, LCR, 3);
    card.out(0, THR, 'a');
    card.out(1, THR, 'b');

    assertThat(card.in(1, RBR)).isEqualTo('a');
    assertThat(card.in(0, RBR)).isEqualTo('b');
    assertThat(card.in(0, LSR)).isEqualTo(0x60);
  }

  @Test
  void outputsAreTheOthersInputs() {
    assertThat(card.in(0, MSR)).isZero();
    card.out(0, MCR, MCR_RTS);
    assertThat(card.in(1, MSR)).isEqualTo(0x11);
    card.out(0, MCR, MCR_RTS | MCR_DTR);
    assertThat(card.in(1, MSR)).isEqualTo(0xba);
    card.out(1, MCR, MCR_DTR);
    assertThat(card.in(0, MSR)).isEqualTo(0xaa);
    card.out(0, MCR, MCR_RTS | MCR_DTR | MCR_LOOP);
    assertThat(card.in(1, MSR)).as("a looped port drives nothing").isEqualTo(0x0b);
  }

  @Test
  void breakGoesAcross() {
    card.out(1, LCR, 0x43);

    assertThat(card.in(0, LSR)).isEqualTo(0x71);
    assertThat(card.in(1, LSR)).isEqualTo(0x60);
  }

  @Test
  void aResetLeavesNoTraceOfTheOtherPort() {
    card.out(0, MCR, 3);
    card.out(1, MCR, 3);
    card.file.reset();

    assertThat(card.in(0, MSR)).isZero();
    assertThat(card.in(1, MSR)).isZero();
  }

  @Test
  void aSinglePortIsNotConnected() {
    try (OpenCard single = machine.card(1)) {
      single.out(0, THR, 'x');
      single.out(0, MCR, 3);
      assertThat(single.in(0, LSR)).isEqualTo(0x60);
      assertThat(single.in(0, MSR)).isZero();
    }
  }
}
