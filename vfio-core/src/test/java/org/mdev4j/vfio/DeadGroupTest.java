package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("vfio 2.3: a group whose device is unregistered while it is open")
class DeadGroupTest {
  private final VfioHost host = new VfioHost();
  private final VfioRegistration registration =
      host.register(host.device("toy0"), new ToyDevices.Card());
  private final int number = ToyDevices.group(host, "toy0");
  private final GroupFile group = host.vfio().openGroup(number, "me");
  private final Container container = host.vfio().openContainer("me");
  private final Container other = host.vfio().openContainer("me");

  @BeforeEach
  void enterContainer() {
    group.setContainer(container);
    container.setIommu(3);
  }

  @AfterEach
  void close() {
    group.close();
    container.close();
    other.close();
    host.close();
  }

  @Test
  @DisplayName("GET_STATUS and GET_DEVICE_FD are ENODEV, argsz is looked at before")
  void isDead() {
    registration.close();
    assertErrno(Errno.ENODEV, () -> group.status(8));
    assertErrno(Errno.EINVAL, () -> group.status(7));
    assertErrno(Errno.ENODEV, () -> group.openDevice("toy0"));
  }

  @Test
  @DisplayName("it has left its container: UNSET_CONTAINER is EINVAL, SET_CONTAINER ENODEV")
  void hasLeftItsContainer() {
    registration.close();
    assertErrno(Errno.EINVAL, group::unsetContainer);
    assertErrno(Errno.EBADF, () -> group.setContainer(null));
    assertErrno(Errno.ENODEV, () -> group.setContainer(other));
    assertErrno(Errno.ENODEV, () -> group.setContainer("no container"));
  }

  @Test
  @DisplayName("the container is as new, its mappings are gone")
  void dropsMappings() {
    DmaSpace space = container.iommu();
    GuestMemory memory = GuestMemory.of(Arena.ofAuto().allocate(4096));
    space.map(new DmaMap(DmaMap.SIZE, DmaMap.READ, memory, 0, 0, 4096));
    int available = space.available();
    registration.close();
    assertThat(space.available()).isEqualTo(available + 1);
    assertErrno(Errno.EINVAL, container::iommu);
    assertErrno(Errno.EINVAL, () -> container.setIommu(3));
  }

  @Test
  @DisplayName("its number is free at once, its minor is kept by the old file")
  void keepsMinor() {
    String before = node("toy0");
    registration.close();
    assertErrno(Errno.ENOENT, () -> host.vfio().openGroup(number, "you"));
    host.register(host.device("toy1"), new ToyModel());
    assertThat(ToyDevices.group(host, "toy1")).isEqualTo(number);
    String second = node("toy1");
    assertThat(second).isNotEqualTo(before);
    host.vfio().openGroup(number, "you").close();
    group.close();
    host.register(host.device("toy2"), new ToyModel());
    assertThat(node("toy2")).isEqualTo(before);
  }

  @Test
  @DisplayName("closed before the device is unregistered it leaves nothing behind")
  void closedBefore() {
    String before = node("toy0");
    group.close();
    registration.close();
    host.register(host.device("toy1"), new ToyModel());
    assertThat(node("toy1")).isEqualTo(before);
  }

  /** Major and minor of the device's group. */
  private String node(String name) {
    return host.read("/sys/class/vfio/" + ToyDevices.group(host, name) + "/dev");
  }
}
