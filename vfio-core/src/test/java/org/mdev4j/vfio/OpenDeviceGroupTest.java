package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.irq.IrqIndex;

@DisplayName("vfio 2.3, 1.5: GET_DEVICE_FD, its errors in their order")
class OpenDeviceGroupTest {
  private static final String NAME = "toy0";

  private final VfioHost host = new VfioHost();
  private final ToyDevices.Card card = new ToyDevices.Card();
  private final VfioRegistration registration = host.register(host.device(NAME), card);
  private final GroupFile group = host.vfio().openGroup(ToyDevices.group(host, NAME), "me");
  private final Container container = host.vfio().openContainer("me");

  @AfterEach
  void close() {
    group.close();
    container.close();
    host.close();
  }

  @Test
  @DisplayName("a bad address is EFAULT, a name that does not fit in a page with its NUL EINVAL")
  void checksName() {
    assertErrno(Errno.EFAULT, () -> group.openDevice(null));
    assertErrno(Errno.EINVAL, () -> group.openDevice("x".repeat(4096)));
    assertErrno(Errno.ENODEV, () -> group.openDevice("x".repeat(4095)));
  }

  @Test
  @DisplayName("another name is ENODEV, also without a container")
  void checksDeviceBeforeContainer() {
    host.register(host.device("toy1"), new ToyModel());
    assertErrno(Errno.ENODEV, () -> group.openDevice("toy1"));
    assertErrno(Errno.ENODEV, () -> group.openDevice(""));
    assertErrno(Errno.ENODEV, () -> group.openDevice(NAME + " "));
  }

  @Test
  @DisplayName("without a container, or without an IOMMU in it, EINVAL; the model is not called")
  void wantsIommu() {
    assertErrno(Errno.EINVAL, () -> group.openDevice(NAME));
    group.setContainer(container);
    assertErrno(Errno.EINVAL, () -> group.openDevice(NAME));
    assertThat(card.calls).isEmpty();
    container.setIommu(1);
    group.openDevice(NAME).close();
    assertThat(card.calls).containsExactly("open", "close");
  }

  @Test
  @DisplayName("the model's refusal comes last, and leaves group and container usable")
  void refusedByModel() {
    group.setContainer(container);
    container.setIommu(3);
    card.onOpen =
        () -> {
          throw new ErrnoException(Errno.EPERM, "refused by a test");
        };
    assertErrno(Errno.EPERM, () -> group.openDevice(NAME));
    group.unsetContainer();
    assertThat(group.status(8)).isEqualTo(1);
    assertThat(registration.users()).isEmpty();
  }

  @Test
  @DisplayName("a model whose interrupts can't be had is EIO, and nothing stays attached")
  void brokenModel() {
    VfioRegistration broken =
        host.register(
            host.device("toy2"),
            new ToyModel() {
              @Override
              public List<IrqIndex> irqs() {
                throw new IllegalStateException("by a test");
              }
            });
    assertErrno(Errno.EIO, () -> host.open(broken));
    assertThat(broken.users()).isEmpty();
    assertThat(broken.uses().get()).isEqualTo(1);
  }

  @Test
  @DisplayName("each call gives a file of its own on the same device")
  void opensMany() {
    group.setContainer(container);
    container.setIommu(3);
    try (DeviceFile first = group.openDevice(NAME);
        DeviceFile second = group.openDevice(NAME)) {
      assertThat(first).isNotSameAs(second);
      assertThat(registration.users()).hasSize(2);
      assertThat(card.calls).containsExactly("open");
    }
  }

  @Test
  @DisplayName("a closed container still serves the group that is in it")
  void containerIsKept() {
    group.setContainer(container);
    container.setIommu(3);
    container.close();
    group.openDevice(NAME).close();
    assertThat(card.calls).containsExactly("open", "close");
  }
}
