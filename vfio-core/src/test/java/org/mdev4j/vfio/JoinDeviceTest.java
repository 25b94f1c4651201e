package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

@DisplayName("One more file on a device that somebody has open")
class JoinDeviceTest {
  private static final String NAME = "toy0";

  private final VfioHost host = new VfioHost();
  private final ToyDevices.Card card = new ToyDevices.Card();
  private final VfioRegistration registration = host.register(host.device(NAME), card);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("shares the open device, which is closed with its last file")
  void sharesWhatIsOpen() {
    OpenDevice first = host.vfio().openDevice(NAME, "first");
    DeviceFile second = Objects.requireNonNull(host.vfio().joinDevice(NAME, "second"));
    assertThat(registration.users()).containsExactly("first", "second");
    assertThat(card.calls).containsExactly("open");
    first.close();
    assertThat(card.calls).containsExactly("open");
    assertErrno(Errno.EBUSY, () -> host.vfio().openDevice(NAME, "third"));
    second.close();
    assertThat(card.calls).containsExactly("open", "close");
    host.vfio().openDevice(NAME, "third").close();
  }

  @Test
  @DisplayName("opens nothing by itself")
  void joinsNobody() {
    assertThat(host.vfio().joinDevice(NAME, "second")).isNull();
    try (GroupFile group = host.vfio().openGroup(ToyDevices.group(host, NAME), "first")) {
      assertThat(host.vfio().joinDevice(NAME, "second")).isNull();
      assertThat(group.status(8)).isEqualTo(1);
    }
    assertThat(card.calls).isEmpty();
    assertErrno(Errno.ENODEV, () -> host.vfio().joinDevice("toy1", "second"));
  }
}
