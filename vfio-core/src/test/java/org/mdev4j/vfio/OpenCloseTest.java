package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.VfioDevice;

@DisplayName("vfio 1.5: open and close of a device file")
class OpenCloseTest {
  private static final int INFO_SIZE = 16;

  private final VfioHost host = new VfioHost();
  private final ToyModel model = new ToyModel();
  private final VfioRegistration registration = host.register(host.device("toy0"), model);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("only the first open calls open, only the last close calls close")
  void callsFirstAndLast() {
    DeviceFile first = host.open(registration);
    DeviceFile second = host.open(registration);
    first.close();
    assertThat(model.calls).containsExactly("open");
    second.close();
    assertThat(model.calls).containsExactly("open", "close");
    host.open(registration).close();
    assertThat(model.calls).containsExactly("open", "close", "open", "close");
  }

  @Test
  @DisplayName("1.3: the open device's users are known by name")
  void namesUsers() throws Exception {
    Path file = host.host.path("/sys/kernel/debug/vfio/users");
    assertThat(Files.readString(file)).isEmpty();
    DeviceFile first = host.open(registration);
    DeviceFile second = host.open(registration);
    assertThat(registration.users()).containsExactly("guest", "guest");
    assertThat(Files.readString(file)).isEqualTo("toy0 guest\ntoy0 guest\n");
    assertThat(first.user()).isEqualTo("guest");
    assertThat(first.name()).isEqualTo("toy0");
    first.close();
    assertThat(registration.users()).containsExactly("guest");
    second.close();
    assertThat(registration.users()).isEmpty();
    assertThat(Files.readString(file)).isEmpty();
  }

  @Test
  @DisplayName("a closed file gives EBADF, and closing it again takes nothing from others")
  void closesOnce() {
    DeviceFile first = host.open(registration);
    DeviceFile second = host.open(registration);
    first.close();
    first.close();
    assertErrno(Errno.EBADF, () -> first.info(INFO_SIZE));
    assertThat(second.info(INFO_SIZE)).isNotNull();
    assertThat(model.calls).containsExactly("open");
    assertThat(registration.uses().get()).isEqualTo(2);
  }

  @Test
  @DisplayName("the error of a refused open is returned and everything is undone")
  void undoesRefusedOpen() {
    model.onOpen =
        () -> {
          throw new ErrnoException(Errno.EBUSY, "refused by a test");
        };
    assertErrno(Errno.EBUSY, () -> host.open(registration));
    assertNothingHeld();
    model.onOpen = () -> {};
    host.open(registration).close();
    assertThat(model.calls).containsExactly("open", "open", "close");
  }

  @Test
  @DisplayName("an open that breaks is EIO, and everything is undone")
  void undoesBrokenOpen() {
    model.onOpen =
        () -> {
          throw new AssertionError("thrown by a test");
        };
    assertErrno(Errno.EIO, () -> host.open(registration));
    assertNothingHeld();
    assertThat(model.calls).containsExactly("open");
  }

  @Test
  @DisplayName("a close that breaks still lets the device go")
  void survivesBrokenClose() throws Exception {
    for (Throwable failure :
        List.of(new IllegalStateException("by a test"), new AssertionError("by a test"))) {
      model.onClose = () -> Callbacks.fail(failure);
      host.open(registration).close();
      assertNothingHeld();
    }
    Background.run(registration::close).join();
    assertThat(model.requests()).isEmpty();
  }

  @Test
  @DisplayName("1.4: while unregister waits an open succeeds; once it is through, ENODEV")
  void opensWhileDraining() throws Exception {
    DeviceFile first = host.open(registration);
    Background<Void> closer = Background.run(registration::close);
    model.awaitRequest(0);
    DeviceFile second = host.open(registration);
    first.close();
    closer.awaitStandingIn(UseCount.class, "drain");
    second.close();
    closer.join();
    assertErrno(Errno.ENODEV, () -> host.open(registration));
    assertNothingHeld();
    assertThat(model.calls).containsExactly("open", "request 0", "close");
  }

  @Test
  @DisplayName("an open file keeps the driver's module loaded")
  void keepsTheModule() {
    DeviceFile first = host.open(registration);
    DeviceFile second = host.open(registration);
    assertThat(host.owner().users()).isEqualTo(2);
    assertErrno(Errno.EAGAIN, () -> host.host.modules().rmmod("toy"));
    first.close();
    assertErrno(Errno.EAGAIN, () -> host.host.modules().rmmod("toy"));
    second.close();
    host.host.modules().rmmod("toy");
    assertThat(host.vfio().deviceCount()).isZero();
  }

  @Test
  @DisplayName("while the driver's module is being unloaded an open gives ENODEV")
  void refusesWhileUnloading() throws Exception {
    Lease<VfioDevice> lease = host.hold(registration.tryGet());
    Background<Void> unload = Background.run(() -> host.host.modules().rmmod("toy"));
    model.awaitRequest(0);
    assertErrno(Errno.ENODEV, () -> host.open(registration));
    assertThat(model.calls).containsExactly("request 0");
    assertThat(registration.uses().get()).isEqualTo(1);
    lease.close();
    unload.join();
  }

  @Test
  @DisplayName(
      "a second user waits until the first one's open is through, and opens nothing itself")
  void secondWaitsForFirst() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    model.onOpen =
        () -> {
          opening.countDown();
          Callbacks.await(finish);
        };
    Background<DeviceFile> first = Background.call(() -> host.open(registration));
    opening.await();
    Background<DeviceFile> second = Background.call(() -> host.open(registration));
    second.awaitStandingIn(VfioRegistration.class, "enter");
    finish.countDown();
    assertThat(first.join()).isNotSameAs(second.join());
    assertThat(model.calls).containsExactly("open");
  }

  @Test
  @DisplayName("of many users at once, open and close alternate and never overlap")
  void alternatesUnderRaces() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    model.onOpen =
        () -> {
          wrong.addAndGet(inside.getAndIncrement());
          wrong.addAndGet(opened.getAndIncrement());
          inside.decrementAndGet();
        };
    model.onClose =
        () -> {
          wrong.addAndGet(inside.getAndIncrement());
          wrong.addAndGet(opened.decrementAndGet());
          inside.decrementAndGet();
        };
    List<Background<Void>> users = new ArrayList<>();
    for (int user = 0; user < 4; user++) {
      users.add(
          Background.run(
              () -> {
                for (int i = 0; i < 500; i++) {
                  host.open(registration).close();
                }
              }));
    }
    for (Background<Void> user : users) {
      user.join();
    }
    assertThat(wrong).hasValue(0);
    assertThat(model.calls).hasSizeGreaterThanOrEqualTo(2);
    for (int i = 0; i < model.calls.size(); i++) {
      assertThat(model.calls.get(i)).isEqualTo(i % 2 == 0 ? "open" : "close");
    }
    assertNothingHeld();
  }

  private void assertNothingHeld() {
    assertThat(registration.users()).isEmpty();
    assertThat(registration.uses().get()).isLessThanOrEqualTo(1);
    assertThat(host.owner().users()).isZero();
  }
}
