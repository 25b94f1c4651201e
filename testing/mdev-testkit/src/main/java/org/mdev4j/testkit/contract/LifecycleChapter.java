package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.testkit.host.Background;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.LifecyclePoint;
import org.mdev4j.testkit.host.OfferedType;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.testkit.host.Turnstile;
import org.mdev4j.vfio.VfioRegistration;

/** Chapter 3: devices come and go, also while somebody uses them. */
interface LifecycleChapter extends Contract {
  /** How often a user is asked who does not go. */
  int REQUESTS = 3;

  @Test
  @DisplayName(
      "3.1 required: a device is created, removed and created again" + " (spec/mdev.md 5, 6, 10)")
  default void lifecycle_createRemove(TestHost host) {
    OfferedType type = Contract.someType(host);
    String uuid = host.uuid();
    for (int round = 0; round < 2; round++) {
      host.uevents().clear();
      host.create(type, uuid);
      assertThat(host.devices())
          .as("devices after a create of %s: return a model from probe, or refuse", type)
          .contains(uuid);
      assertThat(host.names(type.file("devices")))
          .as("devices of %s after a create: create none in probe", type)
          .containsExactly(uuid);
      try (DeviceUser user = host.open(uuid)) {
        assertThat(user.file().name()).isEqualTo(uuid);
      }
      host.remove(uuid);
      assertThat(host.devices())
          .as("devices after the remove: hand what probe acquires to its Scope")
          .doesNotContain(uuid);
      host.uevents()
          .of(uuid)
          .as("uevents of a device's life: leave them to the core, announce nothing besides")
          .containsExactly("add", "bind", "unbind", "remove");
    }
  }

  @Test
  @DisplayName("3.2 required: a device is unbound by hand and bound again (spec/mdev.md 11)")
  default void lifecycle_unbindBind(TestHost host) {
    String uuid = Contract.someDevice(host);
    String driver = driverOf(host, uuid);
    host.write(driver + "/unbind", uuid);
    assertThat(host.vfio().device(uuid))
        .as("VFIO device after the unbind: register none by hand, the core does it after probe")
        .isNull();
    host.write(driver + "/bind", uuid);
    host.open(uuid).close();
    host.write(driver + "/unbind", uuid);
    host.remove(uuid);
  }

  @Test
  @DisplayName("3.3 required: unloading the driver removes its devices (spec/mdev.md 4)")
  default void lifecycle_unload(TestHost host) {
    String uuid = Contract.someDevice(host);
    host.open(uuid).close();
    host.unload();
    assertThat(host.devices()).doesNotContain(uuid);
  }

  @Test
  @DisplayName(
      "3.4 required: a device that is in use is asked for every 10 s and goes with its"
          + " user, or its removal is refused (spec/mdev.md 6, spec/vfio.md 1.3)")
  default void lifecycle_removeInUse(TestHost host) throws InterruptedException {
    String uuid = Contract.someDevice(host);
    DeviceUser user = host.open(uuid);
    Turnstile asking = host.faults().blockAt(LifecyclePoint.REQUEST);
    Background<Void> removing = Background.run(() -> host.remove(uuid));
    Background.await(
        "the removal asks the user, or is refused",
        () -> removing.isDone() || asked(host, uuid) > 0);
    if (removing.isDone()) {
      TestHost.assertErrno(Errno.EBUSY, removing::join);
      user.close();
      host.remove(uuid);
      return;
    }
    waitsForItsUser(host, uuid, user, removing, asking);
    assertThat(host.devices()).doesNotContain(uuid);
  }

  @Test
  @DisplayName(
      "3.5 required: an unbind while in use asks the user and waits"
          + " (spec/mdev.md 11, spec/vfio.md 1.3)")
  default void lifecycle_unbindInUse(TestHost host) throws InterruptedException {
    String uuid = Contract.someDevice(host);
    String driver = driverOf(host, uuid);
    DeviceUser user = host.open(uuid);
    Turnstile asking = host.faults().blockAt(LifecyclePoint.REQUEST);
    Background<Void> unbinding = Background.run(() -> host.write(driver + "/unbind", uuid));
    waitsForItsUser(host, uuid, user, unbinding, asking);
    host.remove(uuid);
  }

  @Test
  @DisplayName(
      "3.6 required: a device that was used goes when its user has gone: no reference is"
          + " left (spec/vfio.md 1.4)")
  default void lifecycle_noReferenceLeft(TestHost host) {
    String uuid = Contract.someDevice(host);
    try (DeviceUser user = host.open(uuid)) {
      useUp(user);
    }
    host.remove(uuid);
    assertThat(host.mdev().deviceCount()).isZero();
  }

  /** Has the user asked three times, and go; {@code first} is where the first request waits. */
  private static void waitsForItsUser(
      TestHost host, String uuid, DeviceUser user, Background<Void> waiting, Turnstile first)
      throws InterruptedException {
    try {
      Turnstile asking = first;
      for (int request = 1; request <= REQUESTS; request++) {
        int expected = request;
        Background.await(
            "request number " + expected, () -> waiting.isDone() || asked(host, uuid) >= expected);
        assertThat(waiting.isDone())
            .as(
                "whether the device went although somebody has it open: do not put a Lease twice,"
                    + " or end what waits for users")
            .isFalse();
        // While the request is held up, all timers are the driver's own.
        int timers = host.clock().timers();
        asking.open();
        host.clock().awaitTimers(timers + 1);
        var _ = RegionImage.of(user);
        if (request < REQUESTS) {
          asking = host.faults().blockAt(LifecyclePoint.REQUEST);
          host.clock().advance(VfioRegistration.REQUEST_INTERVAL);
        }
      }
    } finally {
      host.faults().clear(); // whatever is held up goes on
      user.close();
      waiting.join();
    }
  }

  private static int asked(TestHost host, String uuid) {
    return host.lifecycle().count(uuid, LifecyclePoint.REQUEST);
  }

  /** The directory on bus mdev of the driver that a device is bound to. */
  private static String driverOf(TestHost host, String uuid) {
    try {
      return host.host().tree().resolve(host.device(uuid) + "/driver").path();
    } catch (ErrnoException absent) {
      throw new AssertionError(uuid + " is not bound to a driver", absent);
    }
  }
}
