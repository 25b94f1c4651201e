package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("A trigger is released once for each time that it was opened")
class ReleaseTest {
  private final Interrupts interrupts = Irqs.ofEachKind();

  private static final class Counted implements Trigger {
    int opened;
    int released;

    TriggerFd descriptor() {
      return () -> {
        opened++;
        return this;
      };
    }

    int held() {
      return opened - released;
    }

    @Override
    public void signal() {}

    @Override
    public AutoCloseable listen(Runnable action) {
      return () -> {};
    }

    @Override
    public void release() {
      released++;
    }
  }

  private void bind(int action, int index, TriggerFd... descriptors) {
    interrupts.set(Irqs.eventfds(action, index, 0, Arrays.asList(descriptors)));
  }

  @Test
  void replacedDisabledAndGone() {
    for (int index : new int[] {Irqs.INTX, Irqs.MSI, Irqs.MSIX, Irqs.NOTIFY}) {
      Counted first = new Counted();
      Counted second = new Counted();
      bind(IrqSet.ACTION_TRIGGER, index, first.descriptor());
      assertThat(first.held()).isEqualTo(1);
      bind(IrqSet.ACTION_TRIGGER, index, second.descriptor());
      assertThat(first.held()).isZero();
      interrupts.set(Irqs.none(IrqSet.ACTION_TRIGGER, index, 0, 0));
      assertThat(second.held()).isZero();
      bind(IrqSet.ACTION_TRIGGER, index, first.descriptor());
      interrupts.disableAll();
      interrupts.disableAll();
      assertThat(first.opened).isEqualTo(first.released).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("of several, one that can't be opened lets go of those before it")
  void refused() {
    Counted good = new Counted();
    TriggerFd bad =
        () -> {
          throw new ErrnoException(Errno.EBADF, "closed");
        };
    assertThatThrownBy(() -> bind(IrqSet.ACTION_TRIGGER, Irqs.MSIX, good.descriptor(), bad))
        .isInstanceOf(ErrnoException.class);
    assertThat(good.opened).isEqualTo(1);
    assertThat(good.held()).isZero();
  }

  @Test
  void unmasking() {
    Counted pin = new Counted();
    Counted first = new Counted();
    Counted second = new Counted();
    bind(IrqSet.ACTION_TRIGGER, Irqs.INTX, pin.descriptor());
    bind(IrqSet.ACTION_UNMASK, Irqs.INTX, first.descriptor());
    assertThatThrownBy(() -> bind(IrqSet.ACTION_UNMASK, Irqs.INTX, second.descriptor()))
        .isInstanceOf(ErrnoException.class);
    assertThat(second.held()).isZero();
    assertThat(first.held()).isEqualTo(1);
    interrupts.disableAll();
    assertThat(List.of(pin.held(), first.held())).containsOnly(0);
  }

  @Test
  @DisplayName("vectors can be added to an index of messages that does not say NORESIZE")
  void growing() {
    Interrupts growing =
        new Interrupts(List.of(new IrqIndex(8, IrqIndex.EVENTFD, IrqIndex.Kind.MSIX)));
    Counted later = new Counted();
    growing.set(Irqs.eventfds(IrqSet.ACTION_TRIGGER, 0, 0, Arrays.asList((TriggerFd) null)));
    growing.set(Irqs.eventfds(IrqSet.ACTION_TRIGGER, 0, 5, List.of(later.descriptor())));
    assertThat(growing.signal(0, 5)).isTrue();
  }
}
