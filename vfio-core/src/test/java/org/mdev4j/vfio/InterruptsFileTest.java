package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Card;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;

@DisplayName("vfio 4.6, 1.5: SET_IRQS through a device file, until the last close")
class InterruptsFileTest {
  private static final int INTX = 0;
  private static final int MSI = 1;

  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final VfioRegistration registration = host.register(host.device("toy0"), card);
  private final EventCounter user = new EventCounter();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("the model's line reaches the user's eventfd")
  void delivers() {
    DeviceFile file = host.open(registration);
    file.setIrqs(bind(INTX, user));
    card.interrupts.line(true);
    assertThat(user.take()).isEqualTo(1);
    assertErrno(Errno.ENOTTY, () -> file.setIrqs(bind(2, user)));
    assertErrno(Errno.EINVAL, () -> file.setIrqs(bind(3, user)));
  }

  @Test
  @DisplayName("all files of the device share what is set, and closing one leaves it")
  void isShared() {
    DeviceFile first = host.open(registration);
    DeviceFile second = host.open(registration);
    first.setIrqs(bind(MSI, user, user));
    assertErrno(Errno.EINVAL, () -> second.setIrqs(bind(INTX, user)));
    first.close();
    assertThat(card.interrupts.signal(MSI, 1)).isTrue();
    assertThat(user.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("nothing survives the last close: no trigger, no mask, no level, no kind enabled")
  void nothingSurvives() {
    DeviceFile file = host.open(registration);
    file.setIrqs(bind(INTX, user));
    card.interrupts.line(true);
    user.take();
    var before = card.interrupts;
    file.close();
    before.line(false);
    before.line(true);
    assertThat(before.signal(INTX, 0)).isFalse();
    assertThat(user.take()).isZero();
    DeviceFile next = host.open(registration);
    assertThat(card.interrupts).isNotSameAs(before);
    assertThat(card.interrupts.active()).isNull();
    next.setIrqs(bind(MSI, user));
    next.setIrqs(new IrqSet(20, 0x21, MSI, 0, 0, new byte[0], List.of()));
    next.setIrqs(bind(INTX, user));
    assertThat(user.take()).isZero();
    card.interrupts.line(true);
    assertThat(user.take()).isEqualTo(1);
  }

  private static IrqSet bind(int index, EventCounter... counters) {
    List<TriggerFd> descriptors =
        Arrays.stream(counters).<TriggerFd>map(counter -> () -> counter).toList();
    int count = counters.length;
    return new IrqSet(20 + 4 * count, 0x24, index, 0, count, new byte[0], List.copyOf(descriptors));
  }
}
