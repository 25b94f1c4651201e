package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 4.6: no open file is EBADF, no eventfd EINVAL, and what was set stays")
class BadDescriptorTest {
  private final Interrupts interrupts = Irqs.ofEachKind();
  private final EventCounter kept = new EventCounter();
  private final EventCounter other = new EventCounter();

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "EINVAL"})
  @DisplayName("INTx keeps its eventfd and its mask")
  void keepsIntx(Errno errno) {
    interrupts.set(Irqs.bind(Irqs.INTX, 0, kept));
    interrupts.set(Irqs.mask());
    assertThat(bind(Irqs.INTX, Irqs.bad(errno))).isEqualTo(errno.name());
    interrupts.line(true);
    assertThat(kept.take()).isZero();
    interrupts.set(Irqs.unmask());
    assertThat(kept.take()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "EINVAL"})
  @DisplayName("of several messages none is replaced")
  void keepsMessages(Errno errno) {
    interrupts.set(Irqs.bind(Irqs.MSI, 0, kept, kept));
    assertThat(bind(Irqs.MSI, () -> other, Irqs.bad(errno))).isEqualTo(errno.name());
    interrupts.signal(Irqs.MSI, 0);
    interrupts.signal(Irqs.MSI, 1);
    assertThat(kept.take()).isEqualTo(2);
    assertThat(other.take()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "EINVAL"})
  @DisplayName("nothing is enabled by a request that is refused")
  void enablesNothing(Errno errno) {
    for (int index = Irqs.INTX; index <= Irqs.MSIX; index++) {
      assertThat(bind(index, Irqs.bad(errno))).isEqualTo(errno.name());
      assertThat(interrupts.active()).isNull();
    }
    assertThat(Irqs.outcome(interrupts, Irqs.bind(Irqs.MSI, 0, other, other, other)))
        .isEqualTo("ok");
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "EINVAL"})
  @DisplayName("a notification keeps its eventfd")
  void keepsNotification(Errno errno) {
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, kept));
    assertThat(bind(Irqs.NOTIFY, Irqs.bad(errno))).isEqualTo(errno.name());
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isTrue();
    assertThat(kept.take()).isEqualTo(1);
  }

  private String bind(int index, TriggerFd... descriptors) {
    return Irqs.outcome(
        interrupts,
        Irqs.eventfds(
            IrqSet.ACTION_TRIGGER, index, 0, Collections.unmodifiableList(List.of(descriptors))));
  }
}
