package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 4.6: UNMASK+EVENTFD: the user unmasks INTx by signalling an eventfd")
class ResampleTest {
  private final Interrupts interrupts = Irqs.ofEachKind();
  private final EventCounter guest = new EventCounter();
  private final EventCounter resample = new EventCounter();

  @BeforeEach
  void enable() {
    interrupts.set(Irqs.bind(Irqs.INTX, 0, guest));
    interrupts.line(true);
    guest.take();
  }

  @Test
  @DisplayName("a signal of it unmasks, each time")
  void unmasks() {
    interrupts.set(Irqs.resample(resample));
    assertThat(guest.take()).isZero();
    resample.signal();
    assertThat(guest.take()).isEqualTo(1);
    resample.signal();
    assertThat(guest.take()).isEqualTo(1);
    interrupts.line(false);
    resample.signal();
    assertThat(guest.take()).isZero();
  }

  @Test
  @DisplayName("one that is pending when it is bound counts")
  void countsPending() {
    resample.signal();
    interrupts.set(Irqs.resample(resample));
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("a second one is EBUSY, the first stays")
  void refusesSecond() {
    interrupts.set(Irqs.resample(resample));
    EventCounter second = new EventCounter();
    assertThat(Irqs.outcome(interrupts, Irqs.resample(second))).isEqualTo("EBUSY");
    second.signal();
    assertThat(guest.take()).isZero();
    resample.signal();
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("-1 removes it, also if there is none; then another can be bound")
  void removes() {
    assertThat(Irqs.outcome(interrupts, Irqs.resample(null))).isEqualTo("ok");
    interrupts.set(Irqs.resample(resample));
    interrupts.set(Irqs.resample(null));
    resample.signal();
    assertThat(guest.take()).isZero();
    EventCounter second = new EventCounter();
    interrupts.set(Irqs.resample(second));
    second.signal();
    assertThat(guest.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("disabling INTx removes it")
  void disableRemoves() {
    interrupts.set(Irqs.resample(resample));
    interrupts.set(Irqs.disable(Irqs.INTX));
    interrupts.set(Irqs.bind(Irqs.INTX, 0, guest));
    guest.take();
    resample.signal();
    assertThat(guest.take()).isZero();
    assertThat(Irqs.outcome(interrupts, Irqs.resample(new EventCounter()))).isEqualTo("ok");
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "EINVAL"})
  @DisplayName("a bad descriptor is refused with its own errno, also while one is set")
  void refusesBad(Errno errno) {
    IrqSet bad =
        Irqs.eventfds(
            IrqSet.ACTION_UNMASK, Irqs.INTX, 0, Collections.singletonList(Irqs.bad(errno)));
    assertThat(Irqs.outcome(interrupts, bad)).isEqualTo(errno.name());
    interrupts.set(Irqs.resample(resample));
    assertThat(Irqs.outcome(interrupts, bad)).isEqualTo(errno.name());
    resample.signal();
    assertThat(guest.take()).isEqualTo(1);
  }
}
