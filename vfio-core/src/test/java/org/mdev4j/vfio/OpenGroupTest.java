package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 2.3: open and close of a group")
class OpenGroupTest {
  private final VfioHost host = new VfioHost();
  private final VfioRegistration registration =
      host.register(host.device("toy0"), new ToyDevices.Card());
  private final int number = ToyDevices.group(host, "toy0");
  private final int idle = users();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("one open at a time, the second is EBUSY")
  void opensOnce() {
    GroupFile first = host.vfio().openGroup(number, "me");
    assertErrno(Errno.EBUSY, () -> host.vfio().openGroup(number, "you"));
    assertThat(first.number()).isEqualTo(number);
    assertThat(first.user()).isEqualTo("me");
    first.close();
    host.vfio().openGroup(number, "you").close();
  }

  @Test
  @DisplayName("there is no group of another number")
  void knowsItsNumber() {
    assertErrno(Errno.ENOENT, () -> host.vfio().openGroup(number + 1, "me"));
    assertErrno(Errno.ENOENT, () -> host.vfio().openGroup(-1, "me"));
  }

  @Test
  @DisplayName("1.5: it stays busy until the last device file is closed, too")
  void staysBusyForDeviceFile() {
    GroupFile group = host.vfio().openGroup(number, "me");
    Container container = host.vfio().openContainer("me");
    group.setContainer(container);
    container.setIommu(3);
    DeviceFile first = group.openDevice("toy0");
    DeviceFile second = group.openDevice("toy0");
    group.close();
    assertErrno(Errno.EBUSY, () -> host.vfio().openGroup(number, "you"));
    first.close();
    assertErrno(Errno.EBUSY, () -> host.vfio().openGroup(number, "you"));
    second.close();
    host.vfio().openGroup(number, "you").close();
  }

  @Test
  @DisplayName("a closed file is EBADF, and closing it again takes nothing from the next user")
  void closesOnce() {
    GroupFile first = host.vfio().openGroup(number, "me");
    first.close();
    GroupFile second = host.vfio().openGroup(number, "you");
    first.close();
    assertErrno(Errno.EBADF, () -> first.status(8));
    assertErrno(Errno.EBADF, () -> first.setContainer(null));
    assertErrno(Errno.EBADF, first::unsetContainer);
    assertErrno(Errno.EBADF, () -> first.openDevice("toy0"));
    assertErrno(Errno.EBUSY, () -> host.vfio().openGroup(number, "them"));
    second.close();
  }

  @Test
  @DisplayName("an open group uses module vfio twice, whatever else is open through it")
  void usesModule() {
    GroupFile group = host.vfio().openGroup(number, "me");
    assertThat(users()).isEqualTo(idle + 2);
    Container container = host.vfio().openContainer("me");
    group.setContainer(container);
    container.setIommu(3);
    DeviceFile device = group.openDevice("toy0");
    assertThat(users()).isEqualTo(idle + 2);
    group.close();
    assertThat(users()).isEqualTo(idle + 2);
    device.close();
    assertThat(users()).isEqualTo(idle);
  }

  @Test
  @DisplayName("an open that is refused uses nothing")
  void refusedOpenUsesNothing() {
    GroupFile group = host.vfio().openGroup(number, "me");
    assertErrno(Errno.EBUSY, () -> host.vfio().openGroup(number, "you"));
    assertThat(users()).isEqualTo(idle + 2);
    group.close();
    assertThat(registration.users()).isEmpty();
    assertThat(users()).isEqualTo(idle);
  }

  @Test
  @DisplayName("2.2: an unknown request is ENOTTY")
  void refusesUnknown() {
    try (GroupFile group = host.vfio().openGroup(number, "me")) {
      assertThat(group.unknownRequest(0x3b7f).errno()).isEqualTo(Errno.ENOTTY);
    }
  }

  private int users() {
    return Integer.parseInt(host.read("/sys/module/vfio/refcnt").strip());
  }
}
