package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vfio 4.6: messages, MSI and MSI-X")
class MessagesTest {
  private final Interrupts interrupts = Irqs.ofEachKind();
  private final EventCounter first = new EventCounter();
  private final EventCounter second = new EventCounter();
  private final EventCounter third = new EventCounter();

  @ParameterizedTest
  @ValueSource(ints = {Irqs.MSI, Irqs.MSIX})
  @DisplayName("a message goes to its own eventfd, every time")
  void signals(int index) {
    interrupts.set(Irqs.bind(index, 0, first, second));
    assertThat(interrupts.signal(index, 0)).isTrue();
    assertThat(interrupts.signal(index, 1)).isTrue();
    assertThat(interrupts.signal(index, 1)).isTrue();
    assertThat(interrupts.signal(index, 2)).isFalse();
    assertThat(first.take()).isEqualTo(1);
    assertThat(second.take()).isEqualTo(2);
  }

  @Test
  @DisplayName("the first enable fixes the number of vectors; more are EINVAL until disabled")
  void fixesVectors() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second));
    assertThat(Irqs.outcome(interrupts, Irqs.bind(Irqs.MSI, 2, third))).isEqualTo("EINVAL");
    assertThat(Irqs.outcome(interrupts, Irqs.bind(Irqs.MSI, 0, first, second, third)))
        .isEqualTo("EINVAL");
    assertThat(interrupts.signal(Irqs.MSI, 2)).isFalse();
    interrupts.set(Irqs.disable(Irqs.MSI));
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second, third));
    assertThat(interrupts.signal(Irqs.MSI, 2)).isTrue();
    assertThat(third.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("the number is start + count: those before start are enabled without an eventfd")
  void countsFromZero() {
    interrupts.set(Irqs.bind(Irqs.MSI, 1, second));
    assertThat(interrupts.signal(Irqs.MSI, 0)).isFalse();
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first));
    assertThat(interrupts.signal(Irqs.MSI, 0)).isTrue();
    assertThat(Irqs.outcome(interrupts, Irqs.bind(Irqs.MSI, 2, third))).isEqualTo("EINVAL");
  }

  @Test
  @DisplayName("-1 skips a vector at enabling, and unbinds one later")
  void unbindsOne() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, null, second, third));
    assertThat(interrupts.active()).isEqualTo(IrqIndex.Kind.MSI);
    assertThat(interrupts.signal(Irqs.MSI, 0)).isFalse();
    interrupts.set(Irqs.bind(Irqs.MSI, 1, (Trigger) null));
    assertThat(interrupts.signal(Irqs.MSI, 1)).isFalse();
    assertThat(interrupts.signal(Irqs.MSI, 2)).isTrue();
    assertThat(second.take()).isZero();
  }

  @Test
  @DisplayName("MSI is enabled while a vector is bound: -1 alone enables nothing, and disables")
  void isEnabledWhileOneIsBound() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, (Trigger) null));
    assertThat(interrupts.active()).isNull();
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second));
    interrupts.set(Irqs.bind(Irqs.MSI, 0, (Trigger) null));
    assertThat(interrupts.active()).isEqualTo(IrqIndex.Kind.MSI);
    interrupts.set(Irqs.bind(Irqs.MSI, 1, (Trigger) null));
    assertThat(interrupts.active()).isNull();
  }

  @Test
  @DisplayName("MSI-X can be enabled without a vector, as clients do that add vectors later")
  void messagesFromATableNeedNoVector() {
    interrupts.set(Irqs.bind(Irqs.MSIX, 0, (Trigger) null));
    assertThat(interrupts.active()).isEqualTo(IrqIndex.Kind.MSIX);
  }

  @Test
  @DisplayName("a replaced eventfd gets no more signals; others stay")
  void replaces() {
    interrupts.set(Irqs.bind(Irqs.MSIX, 0, first, second));
    interrupts.set(Irqs.bind(Irqs.MSIX, 0, third));
    interrupts.signal(Irqs.MSIX, 0);
    interrupts.signal(Irqs.MSIX, 1);
    assertThat(first.take()).isZero();
    assertThat(second.take()).isEqualTo(1);
    assertThat(third.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("loopback: NONE signals each in the range, BOOL those whose byte is non-zero")
  void loopsBack() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second, third));
    interrupts.set(Irqs.none(IrqSet.ACTION_TRIGGER, Irqs.MSI, 1, 2));
    assertThat(first.take()).isZero();
    assertThat(second.take()).isEqualTo(1);
    assertThat(third.take()).isEqualTo(1);
    interrupts.set(Irqs.bools(IrqSet.ACTION_TRIGGER, Irqs.MSI, 0, 0x80, 0, 1));
    assertThat(first.take()).isEqualTo(1);
    assertThat(second.take()).isZero();
    assertThat(third.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("loopback beyond the enabled vectors is EINVAL and signals none")
  void loopbackIsBounded() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second));
    assertThat(Irqs.outcome(interrupts, Irqs.none(IrqSet.ACTION_TRIGGER, Irqs.MSI, 0, 3)))
        .isEqualTo("EINVAL");
    assertThat(Irqs.outcome(interrupts, Irqs.bools(IrqSet.ACTION_TRIGGER, Irqs.MSI, 2, 1)))
        .isEqualTo("EINVAL");
    assertThat(first.take()).isZero();
    assertThat(second.take()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {Irqs.INTX, Irqs.MSI, Irqs.MSIX})
  @DisplayName(
      "only one of INTx, MSI and MSI-X may be enabled; the others are EINVAL, even to disable")
  void excludesOthers(int enabled) {
    interrupts.set(Irqs.bind(enabled, 0, first));
    for (int other = Irqs.INTX; other <= Irqs.MSIX; other++) {
      String expected = other == enabled ? "ok" : "EINVAL";
      assertThat(Irqs.outcome(interrupts, Irqs.bind(other, 0, first))).isEqualTo(expected);
      IrqSet loopback = Irqs.none(IrqSet.ACTION_TRIGGER, other, 0, 1);
      assertThat(Irqs.outcome(interrupts, loopback)).isEqualTo(expected);
      if (other != enabled) {
        assertThat(Irqs.outcome(interrupts, Irqs.disable(other))).isEqualTo("EINVAL");
      }
    }
    assertThat(Irqs.outcome(interrupts, Irqs.bind(Irqs.NOTIFY, 0, second))).isEqualTo("ok");
    interrupts.set(Irqs.disable(enabled));
    for (int other = Irqs.INTX; other <= Irqs.MSIX; other++) {
      assertThat(Irqs.outcome(interrupts, Irqs.bind(other, 0, first))).isEqualTo("ok");
      interrupts.set(Irqs.disable(other));
    }
  }

  @Test
  @DisplayName("nothing is signalled after the request that disables the index")
  void disables() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second));
    interrupts.set(Irqs.disable(Irqs.MSI));
    assertThat(interrupts.signal(Irqs.MSI, 0)).isFalse();
    assertThat(interrupts.signal(Irqs.MSI, 1)).isFalse();
    assertThat(first.take() + second.take()).isZero();
  }

  @Test
  @DisplayName("with messages enabled the line sends the first one each time it is asserted")
  void lineSendsMessages() {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, first, second));
    interrupts.line(true);
    interrupts.line(true);
    assertThat(first.take()).isEqualTo(1);
    interrupts.line(false);
    interrupts.line(true);
    assertThat(first.take()).isEqualTo(1);
    assertThat(second.take()).isZero();
  }
}
