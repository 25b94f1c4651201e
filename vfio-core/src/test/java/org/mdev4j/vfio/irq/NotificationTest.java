package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("vfio 4.6: ERR and REQ, notifications of their own")
class NotificationTest {
  private static final IrqSet SIGNAL = Irqs.none(IrqSet.ACTION_TRIGGER, Irqs.NOTIFY, 0, 1);

  private final Interrupts interrupts = Irqs.ofEachKind();
  private final EventCounter user = new EventCounter();

  @Test
  @DisplayName("the model's signal reaches the eventfd; without one it says so")
  void signals() {
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isFalse();
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, user));
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isTrue();
    assertThat(user.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("NONE with a count signals it, BOOL if the byte is non-zero")
  void loopsBack() {
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, user));
    interrupts.set(SIGNAL);
    assertThat(user.take()).isEqualTo(1);
    interrupts.set(Irqs.bools(IrqSet.ACTION_TRIGGER, Irqs.NOTIFY, 0, 0));
    assertThat(user.take()).isZero();
    interrupts.set(Irqs.bools(IrqSet.ACTION_TRIGGER, Irqs.NOTIFY, 0, 1));
    assertThat(user.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("NONE with count 0 drops it; signalling without one is EINVAL")
  void drops() {
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, user));
    interrupts.set(Irqs.disable(Irqs.NOTIFY));
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isFalse();
    assertThat(Irqs.outcome(interrupts, SIGNAL)).isEqualTo("EINVAL");
    assertThat(user.take()).isZero();
  }

  @Test
  @DisplayName("-1 drops it")
  void unbinds() {
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, user));
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, (Trigger) null));
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isFalse();
    assertThat(user.take()).isZero();
  }

  @Test
  @DisplayName("it is independent of INTx and messages being enabled or disabled")
  void standsAlone() {
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, user));
    assertThat(interrupts.active()).isNull();
    interrupts.set(Irqs.bind(Irqs.MSI, 0, new EventCounter()));
    interrupts.set(Irqs.disable(Irqs.MSI));
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isTrue();
    interrupts.disableAll();
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isFalse();
  }
}
