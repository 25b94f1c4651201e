package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 2.3: a group enters and leaves a container")
class ContainerGroupTest {
  private static final int VIABLE = 1;
  private static final int CONTAINER_SET = 2;

  private final VfioHost host = new VfioHost();
  private final VfioRegistration registration =
      host.register(host.device("toy0"), new ToyDevices.Card());
  private final GroupFile group = host.vfio().openGroup(ToyDevices.group(host, "toy0"), "me");
  private final Container container = host.vfio().openContainer("me");

  @AfterEach
  void close() {
    group.close();
    container.close();
    host.close();
  }

  @Test
  @DisplayName("GET_STATUS: argsz below 8 is EINVAL; viable, and whether a container is set")
  void tellsStatus() {
    assertErrno(Errno.EINVAL, () -> group.status(0));
    assertErrno(Errno.EINVAL, () -> group.status(7));
    assertThat(group.status(8)).isEqualTo(VIABLE);
    assertThat(group.status(-1)).isEqualTo(VIABLE);
    group.setContainer(container);
    assertThat(group.status(8)).isEqualTo(VIABLE | CONTAINER_SET);
    group.unsetContainer();
    assertThat(group.status(8)).isEqualTo(VIABLE);
  }

  @Test
  @DisplayName("SET_CONTAINER: no file is EBADF, even if a container is set; a second is EINVAL")
  void setsOnce() {
    assertErrno(Errno.EBADF, () -> group.setContainer(null));
    group.setContainer(container);
    assertErrno(Errno.EBADF, () -> group.setContainer(null));
    assertErrno(Errno.EINVAL, () -> group.setContainer(container));
    try (Container other = host.vfio().openContainer("me")) {
      assertErrno(Errno.EINVAL, () -> group.setContainer(other));
    }
  }

  @Test
  @DisplayName("SET_CONTAINER: a file that is no container is EINVAL")
  void wantsContainer() {
    assertErrno(Errno.EINVAL, () -> group.setContainer(group));
    assertErrno(Errno.EINVAL, () -> group.setContainer("/dev/null"));
    assertThat(group.status(8)).isEqualTo(VIABLE);
  }

  @Test
  @DisplayName("SET_CONTAINER: a closed container is EBADF")
  void refusesClosed() {
    container.close();
    assertErrno(Errno.EBADF, () -> group.setContainer(container));
    assertThat(group.status(8)).isEqualTo(VIABLE);
  }

  @Test
  @DisplayName("UNSET_CONTAINER: EINVAL without one")
  void unsetsOnce() {
    assertErrno(Errno.EINVAL, group::unsetContainer);
    group.setContainer(container);
    group.unsetContainer();
    assertErrno(Errno.EINVAL, group::unsetContainer);
    group.setContainer(container);
  }

  @Test
  @DisplayName("UNSET_CONTAINER: EBUSY until the last device file is closed")
  void busyWithDevice() {
    group.setContainer(container);
    container.setIommu(3);
    DeviceFile first = group.openDevice("toy0");
    DeviceFile second = group.openDevice("toy0");
    assertErrno(Errno.EBUSY, group::unsetContainer);
    first.close();
    assertErrno(Errno.EBUSY, group::unsetContainer);
    second.close();
    group.unsetContainer();
    assertThat(registration.users()).isEmpty();
  }

  @Test
  @DisplayName("SET_CONTAINER that meets the group's close: the next user is in no container")
  void joinsDuringClose() {
    VfioGroup closing = new VfioGroup(9, 9, registration, host.owner(), minor -> {});
    closing.open();
    GroupFile file = new GroupFile(closing, "me");
    Background<Void> call;
    synchronized (closing) {
      call = Background.run(() -> file.setContainer(container));
      call.awaitStandingIn(VfioGroup.class, "join");
      file.close();
      assertErrno(Errno.EBADF, () -> file.setContainer(container));
      assertErrno(Errno.EBUSY, closing::open);
    }
    call.join();

    closing.open();
    GroupFile next = new GroupFile(closing, "you");
    assertThat(next.status(8)).isEqualTo(VIABLE);
    assertErrno(Errno.EINVAL, () -> next.openDevice("toy0"));
    assertErrno(Errno.EINVAL, () -> container.setIommu(3));
    next.close();
    assertThat(host.owner().users()).isZero();
  }

  @Test
  @DisplayName("closing the group lets it leave the container")
  void closingLeaves() {
    group.setContainer(container);
    container.setIommu(3);
    group.close();
    assertErrno(Errno.EINVAL, container::iommu);
    assertErrno(Errno.EINVAL, () -> container.setIommu(3));
  }
}
