package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("A real eventfd")
class EventFdTest {
  @Test
  @DisplayName("counts signals until they are taken, and is an eventfd to the system")
  void counts() throws Exception {
    try (EventFd event = EventFd.create()) {
      assertThat(event.take()).isZero();
      event.signal();
      event.signal();
      Path link = Path.of("/proc/self/fd/" + event.descriptor());
      assertThat(Files.readSymbolicLink(link).toString()).contains("eventfd");
      assertThat(event.take()).isEqualTo(2);
      assertThat(event.take()).isZero();
    }
  }

  @Test
  @DisplayName("4.6: receives what a device signals; after close nothing, and nobody else's file")
  void isSignalledByADevice() {
    Interrupts interrupts = new Interrupts(List.of(IrqIndex.msi(1)));
    EventFd event = EventFd.create();
    int flags = IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER;
    interrupts.set(new IrqSet(24, flags, 0, 0, 1, new byte[0], List.of(() -> event)));
    assertThat(interrupts.signal(0, 0)).isTrue();
    assertThat(event.take()).isEqualTo(1);
    event.close();
    event.close();
    interrupts.signal(0, 0);
    assertThat(event.take()).isZero();
  }

  @Test
  @DisplayName("refuses to be listened to")
  void refusesToListen() {
    try (EventFd event = EventFd.create()) {
      assertThatThrownBy(() -> event.listen(() -> {})).isInstanceOf(ErrnoException.class);
    }
  }
}
