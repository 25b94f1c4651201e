package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.model.DeviceContext;

@DisplayName("vfio: the guest that a group is used for")
class GuestOfGroupTest {
  private final VfioHost host = new VfioHost();
  private final List<@Nullable String> guests = new ArrayList<>();
  private VfioRegistration registration;
  private Container container;
  private GroupFile group;

  @BeforeEach
  void open() {
    ToyModel model =
        new ToyModel() {
          @Override
          public void open(DeviceContext context) {
            guests.add(context.guest(String.class));
          }
        };
    registration = host.register(host.device("toy0"), model);
    container = host.vfio().openContainer("me");
    group = openGroup();
  }

  private GroupFile openGroup() {
    GroupFile opened = host.vfio().openGroup(0, "me");
    opened.setContainer(container);
    container.setIommu(3);
    return opened;
  }

  @AfterEach
  void close() {
    group.close();
    container.close();
    host.close();
  }

  private void openDevice() {
    group.openDevice("toy0").close();
  }

  @Test
  @DisplayName("is known to the device from its first open; of another kind it is none")
  void isKnown() {
    openDevice();
    group.setGuest("g1");
    openDevice();
    group.setGuest(42);
    openDevice();
    group.setGuest(null);
    openDevice();
    assertThat(guests).containsExactly(null, "g1", null, null);
  }

  @Test
  @DisplayName("is that of the first open as long as the device is open")
  void firstOpenDecides() {
    group.setGuest("g1");
    try (DeviceFile first = group.openDevice("toy0")) {
      group.setGuest("g2");
      openDevice();
      assertThat(first.name()).isEqualTo("toy0");
    }
    openDevice();
    assertThat(guests).containsExactly("g1", "g2");
  }

  @Test
  @DisplayName("is forgotten with the group's last close")
  void isForgotten() {
    group.setGuest("g1");
    group.close();
    assertErrno(Errno.EBADF, () -> group.setGuest("g1"));
    group = openGroup();
    openDevice();
    assertThat(guests).containsExactly((String) null);
  }

  @Test
  @DisplayName("that is named while the group is closed does not stay for the next user")
  void namedDuringClose() {
    VfioGroup closing = new VfioGroup(9, 9, registration, host.owner(), minor -> {});
    closing.open();
    GroupFile file = new GroupFile(closing, "me");
    Background<Void> call;
    synchronized (closing) {
      call = Background.run(() -> file.setGuest("g1"));
      call.awaitStandingIn(VfioGroup.class, "setGuest");
      file.close();
    }
    call.join();
    closing.open();
    assertThat(closing.guest()).isNull();
    closing.release();
  }

  @Test
  @DisplayName("a dead group takes none: ENODEV")
  void deadGroup() {
    registration.close();
    assertErrno(Errno.ENODEV, () -> group.setGuest("g1"));
  }
}
