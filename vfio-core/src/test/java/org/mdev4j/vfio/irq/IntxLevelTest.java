package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("vfio 4.4, 4.6: INTx is a level that masks itself")
class IntxLevelTest {
  private final Interrupts interrupts = Irqs.ofEachKind();
  private final EventCounter guest = new EventCounter();

  @BeforeEach
  void enable() {
    interrupts.set(Irqs.bind(Irqs.INTX, 0, guest));
  }

  @Test
  @DisplayName("an asserted line signals once, whatever it does until it is unmasked")
  void masksItself() {
    assertThat(guest.peek()).isZero();
    interrupts.line(true);
    assertThat(guest.peek()).isEqualTo(1);
    interrupts.line(true);
    interrupts.line(false);
    interrupts.line(true);
    assertThat(guest.peek()).isEqualTo(1);
  }

  @Test
  @DisplayName("UNMASK signals again if the line is still asserted, and only then")
  void unmaskRedelivers() {
    interrupts.line(true);
    interrupts.set(Irqs.unmask());
    assertThat(guest.take()).isEqualTo(2);
    interrupts.line(false);
    interrupts.set(Irqs.unmask());
    assertThat(guest.take()).isZero();
    interrupts.line(true);
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("what is asserted while masked is delivered at UNMASK")
  void maskHoldsBack() {
    interrupts.set(Irqs.mask());
    interrupts.line(true);
    assertThat(guest.peek()).isZero();
    interrupts.set(Irqs.unmask());
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("what comes and goes while masked is not delivered")
  void levelIsNotLatched() {
    interrupts.set(Irqs.mask());
    interrupts.line(true);
    interrupts.line(false);
    interrupts.set(Irqs.unmask());
    assertThat(guest.take()).isZero();
  }

  @Test
  @DisplayName("MASK and UNMASK by BOOL do so where the byte is non-zero")
  void masksByBool() {
    interrupts.set(Irqs.bools(IrqSet.ACTION_MASK, Irqs.INTX, 0, 0));
    interrupts.line(true);
    assertThat(guest.take()).isEqualTo(1);
    interrupts.set(Irqs.bools(IrqSet.ACTION_UNMASK, Irqs.INTX, 0, 0));
    assertThat(guest.take()).isZero();
    interrupts.set(Irqs.bools(IrqSet.ACTION_UNMASK, Irqs.INTX, 0, 0x80));
    assertThat(guest.take()).isEqualTo(1);
    interrupts.line(false);
    interrupts.set(Irqs.unmask());
    interrupts.set(Irqs.bools(IrqSet.ACTION_MASK, Irqs.INTX, 0, 1));
    interrupts.line(true);
    assertThat(guest.take()).isZero();
  }

  @Test
  @DisplayName("TRIGGER+NONE and TRIGGER+BOOL signal the eventfd: loopback")
  void loopsBack() {
    interrupts.set(Irqs.none(IrqSet.ACTION_TRIGGER, Irqs.INTX, 0, 1));
    assertThat(guest.take()).isEqualTo(1);
    interrupts.set(Irqs.unmask());
    interrupts.set(Irqs.bools(IrqSet.ACTION_TRIGGER, Irqs.INTX, 0, 0));
    assertThat(guest.take()).isZero();
    interrupts.set(Irqs.bools(IrqSet.ACTION_TRIGGER, Irqs.INTX, 0, 1));
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("a line that is asserted before INTx is enabled is delivered when it is")
  void deliversAtEnable() {
    interrupts.set(Irqs.disable(Irqs.INTX));
    interrupts.line(true);
    assertThat(guest.take()).isZero();
    interrupts.set(Irqs.bind(Irqs.INTX, 0, guest));
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("disabling clears the mask, and nothing is signalled afterwards")
  void disables() {
    interrupts.set(Irqs.mask());
    interrupts.set(Irqs.disable(Irqs.INTX));
    assertThat(interrupts.active()).isNull();
    interrupts.line(true);
    assertThat(guest.take()).isZero();
    assertThat(Irqs.outcome(interrupts, Irqs.unmask())).isEqualTo("EINVAL");
    interrupts.set(Irqs.bind(Irqs.INTX, 0, guest));
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("-1 unbinds")
  void unbinds() {
    interrupts.set(Irqs.bind(Irqs.INTX, 0, (Trigger) null));
    interrupts.line(true);
    assertThat(guest.take()).isZero();
  }

  @Test
  @DisplayName("a replaced eventfd gets no more signals, the new one gets them")
  void replaces() {
    EventCounter other = new EventCounter();
    interrupts.set(Irqs.bind(Irqs.INTX, 0, other));
    interrupts.line(true);
    assertThat(guest.take()).isZero();
    assertThat(other.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("a listener that handles the signal and unmasks gets the next one, too")
  void unmasksWithinTheSignal() throws Exception {
    CountDownLatch handled = new CountDownLatch(1);
    AutoCloseable handler =
        guest.listen(
            () -> {
              interrupts.line(false);
              interrupts.set(Irqs.unmask());
              handled.countDown();
            });
    interrupts.line(true);
    assertThat(handled.await(1, TimeUnit.MINUTES)).isTrue();
    handler.close();
    guest.take();
    interrupts.line(true);
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("no message or notification is signalled by it")
  void leavesOthersAlone() {
    EventCounter notified = new EventCounter();
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, notified));
    interrupts.line(true);
    assertThat(notified.take()).isZero();
    assertThat(interrupts.signal(Irqs.MSI, 0)).isFalse();
    assertThat(interrupts.active()).isEqualTo(IrqIndex.Kind.INTX);
  }
}
