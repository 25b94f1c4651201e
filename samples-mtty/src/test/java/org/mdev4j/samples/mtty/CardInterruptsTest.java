package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.CardRegionsTest.refuses;
import static org.mdev4j.samples.mtty.OpenCard.INTX;
import static org.mdev4j.samples.mtty.OpenCard.MSI;
import static org.mdev4j.samples.mtty.UartBits.*;
import static org.mdev4j.vfio.irq.IrqSet.ACTION_MASK;
import static org.mdev4j.vfio.irq.IrqSet.ACTION_TRIGGER;
import static org.mdev4j.vfio.irq.IrqSet.ACTION_UNMASK;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;

class CardInterruptsTest {
  private final Machine machine = new Machine(Backend.LOOPBACK);
  private final OpenCard card = machine.card(2);
  private final EventCounter events = new EventCounter();

  @AfterEach
  void close() {
    card.close();
    machine.close();
  }

  @Test
  void infos() {
    assertThat(card.file.irqInfo(16, INTX)).isEqualTo(new IrqIndex(1, 7, IrqIndex.Kind.INTX));
    assertThat(card.file.irqInfo(16, MSI)).isEqualTo(new IrqIndex(1, 9, IrqIndex.Kind.MSI));
    for (int index = 2; index < 6; index++) {
      int refused = index;
      refuses(Errno.EINVAL, () -> card.file.irqInfo(16, refused));
    }
  }

  @Test
  void aLevelSignalsOnceAndAgainWhenUnmasked() {
    card.trigger(INTX, () -> events);
    card.out(0, IER, IER_RDI);
    card.out(0, THR, 'a');
    assertThat(events.take()).isOne();
    card.in(0, RBR);
    card.out(0, THR, 'b');
    assertThat(events.take()).as("masked by itself").isZero();
    card.unmask();
    assertThat(events.take()).as("still asserted").isOne();
    card.in(0, RBR);
    card.unmask();
    assertThat(events.take()).as("no longer asserted").isZero();
    card.out(0, THR, 'c');
    assertThat(events.take()).isOne();
  }

  @Test
  void portsShareTheLevel() {
    card.trigger(INTX, () -> events);
    card.out(0, IER, IER_RDI);
    card.out(1, IER, IER_RDI);
    card.out(0, THR, 'a');
    card.out(1, THR, 'b');
    assertThat(events.take()).isOne();
    card.in(0, RBR);
    card.unmask();
    assertThat(events.take()).as("for the other port").isOne();
    card.in(1, RBR);
    card.unmask();
    assertThat(events.take()).isZero();
  }

  @Test
  void aLevelThatIsThereAlreadySignalsWhenItIsEnabled() {
    card.out(0, IER, IER_THRI);
    card.trigger(INTX, () -> events);

    assertThat(events.take()).isOne();
  }

  @Test
  void maskHoldsBack() {
    card.trigger(INTX, () -> events);
    card.irqs(INTX, ACTION_MASK, false);
    card.irqs(INTX, ACTION_MASK, true);
    card.out(0, IER, IER_THRI);
    assertThat(events.take()).isZero();
    card.irqs(INTX, ACTION_UNMASK, false);
    assertThat(events.take()).isZero();
    card.irqs(INTX, ACTION_UNMASK, true);
    assertThat(events.take()).isOne();
    card.in(0, IIR);
    card.unmask();
    card.irqs(INTX, ACTION_MASK, 0, 1);
    card.out(0, THR, 'x');
    assertThat(events.take()).isZero();
  }

  @Test
  void messagesAreNotMasked() {
    card.trigger(MSI, () -> events);
    card.out(0, IER, IER_RDI);
    for (int i = 0; i < 3; i++) {
      card.out(0, THR, i);
      card.in(0, RBR);
    }
    assertThat(events.take()).isEqualTo(3);
    card.out(0, IER, IER_THRI);
    card.out(0, THR, 'x');
    assertThat(events.take()).as("enabled, and sent").isEqualTo(2);
  }

  @Test
  void theTimeoutSignals() {
    card.trigger(INTX, () -> events);
    card.out(0, FCR, 0xc1);
    card.out(0, IER, IER_RDI);
    card.out(0, THR, 'x');
    assertThat(events.take()).isZero();
    machine.clock.advance(UartBench.TIMEOUT);
    assertThat(events.take()).isOne();
  }

  @ParameterizedTest
  @ValueSource(ints = {INTX, MSI})
  void signalsOnRequest(int index) {
    card.trigger(index, () -> events);
    card.irqs(index, ACTION_TRIGGER, 0, 1);
    assertThat(events.take()).isOne();
    if (index == INTX) {
      card.irqs(index, ACTION_TRIGGER, true);
      assertThat(events.take()).as("masked").isZero();
      card.unmask();
    }
    card.irqs(index, ACTION_TRIGGER, false);
    assertThat(events.take()).isZero();
    card.irqs(index, ACTION_TRIGGER, true);
    assertThat(events.take()).isOne();
  }

  @ParameterizedTest
  @ValueSource(ints = {INTX, MSI})
  void disabledNothingIsSignalled(int index) {
    card.trigger(index, () -> events);
    card.irqs(index, ACTION_TRIGGER, 0, 0);
    card.out(0, IER, IER_THRI);

    assertThat(events.take()).isZero();
    refuses(Errno.EINVAL, () -> card.irqs(index, ACTION_TRIGGER, 0, 1));
    refuses(Errno.EINVAL, () -> card.irqs(index, ACTION_TRIGGER, true));
  }

  @ParameterizedTest
  @ValueSource(ints = {INTX, MSI})
  void minusOneDropsTheEventfd(int index) {
    card.trigger(index, () -> events);
    card.trigger(index, null);
    card.out(0, IER, IER_THRI);

    assertThat(events.take()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {INTX, MSI})
  void anotherEventfdReplacesTheFirst(int index) {
    EventCounter second = new EventCounter();
    card.trigger(index, () -> events);
    card.trigger(index, () -> second);
    card.out(0, IER, IER_THRI);

    assertThat(events.take()).isZero();
    assertThat(second.take()).isOne();
  }

  @Test
  void oneKindAtATime() {
    card.trigger(INTX, () -> events);
    refuses(Errno.EINVAL, () -> card.trigger(MSI, () -> events));
    refuses(Errno.EINVAL, () -> card.irqs(MSI, ACTION_TRIGGER, 0, 0));
    card.irqs(INTX, ACTION_TRIGGER, 0, 0);
    card.trigger(MSI, () -> events);
    refuses(Errno.EINVAL, () -> card.trigger(INTX, () -> events));
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_TRIGGER, 0, 0));
    refuses(Errno.EINVAL, () -> card.unmask());
  }

  @Test
  void whatIsNotEnabledCanNotBeMaskedOrSignalled() {
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_MASK, 0, 1));
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_UNMASK, 0, 1));
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_TRIGGER, 0, 1));
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_TRIGGER, true));
    refuses(Errno.EINVAL, () -> card.irqs(MSI, ACTION_TRIGGER, 0, 1));
  }

  @Test
  void thePinIsOneInterrupt() {
    card.trigger(INTX, () -> events);
    for (int action : new int[] {ACTION_MASK, ACTION_UNMASK, ACTION_TRIGGER}) {
      refuses(Errno.EINVAL, () -> card.irqs(INTX, action, 1, 1));
      refuses(Errno.EINVAL, () -> card.irqs(INTX, action, 0, 2));
    }
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_MASK, 0, 0));
    refuses(Errno.EINVAL, () -> card.irqs(INTX, ACTION_UNMASK, 0, 0));
  }

  @Test
  void messagesHaveNoMask() {
    card.trigger(MSI, () -> events);
    refuses(Errno.ENOTTY, () -> card.irqs(MSI, ACTION_MASK, 0, 1));
    refuses(Errno.ENOTTY, () -> card.irqs(MSI, ACTION_UNMASK, 0, 1));
  }

  @Test
  void maskingByAnEventfdIsNotSupported() {
    card.trigger(INTX, () -> events);
    refuses(
        Errno.ENOTTY,
        () ->
            card.file.setIrqs(
                new IrqSet(
                    24,
                    IrqSet.DATA_EVENTFD | ACTION_MASK,
                    INTX,
                    0,
                    1,
                    new byte[0],
                    List.of(() -> events))));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void thereAreNoOthers(int index) {
    refuses(Errno.ENOTTY, () -> card.trigger(index, () -> events));
    refuses(Errno.ENOTTY, () -> card.irqs(index, ACTION_TRIGGER, 0, 0));
  }

  @Test
  void aBadDescriptorLeavesThePinAsItWas() {
    card.trigger(INTX, () -> events);
    refuses(
        Errno.EBADF,
        () ->
            card.trigger(
                INTX,
                () -> {
                  throw new ErrnoException(Errno.EBADF, "no file");
                }));
    card.unmask();
    card.out(0, IER, IER_THRI);
    assertThat(events.take()).isEqualTo(1);
  }

  @Test
  void closingEndsSignals() {
    String uuid = machine.create("mtty-1");
    try (OpenCard first = machine.open(uuid)) {
      first.trigger(INTX, () -> events);
    }
    try (OpenCard second = machine.open(uuid)) {
      second.out(0, IER, IER_THRI);
      assertThat(events.take()).isZero();
    }
  }

  @Test
  void aResetTakesTheLevelBackAndKeepsTheEventfd() {
    card.trigger(INTX, () -> events);
    card.out(0, IER, IER_THRI);
    assertThat(events.take()).isOne();
    card.file.reset();
    card.unmask();
    assertThat(events.take()).isZero();
    card.out(0, IER, IER_THRI);
    assertThat(events.take()).isOne();
  }
}
