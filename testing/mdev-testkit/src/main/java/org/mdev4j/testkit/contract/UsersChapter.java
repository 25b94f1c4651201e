package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.Background;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.FaultyMemory;
import org.mdev4j.testkit.host.LifecyclePoint;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.vfio.DeviceInfo;

/** Chapter 4: one user after the other, and several at once. */
interface UsersChapter extends Contract {
  /** Threads and rounds of the test of concurrent users. */
  int USERS = 4;

  int ROUNDS = 10;

  @Test
  @DisplayName(
      "4.1 required: an open that fails leaves the device as if never opened"
          + " (spec/vfio.md 1.5)")
  default void users_failedOpen(TestHost host) {
    String uuid = Contract.someDevice(host);
    for (LifecyclePoint point : List.of(LifecyclePoint.OPEN, LifecyclePoint.HOST_MEMORY)) {
      int nth = 1;
      while (openFails(host, uuid, point, nth)) {
        nth++;
      }
    }
  }

  @Test
  @DisplayName("4.2 required: nothing of one user is left for the next (spec/vfio.md 1.5)")
  default void users_noStateLeft(TestHost host) {
    String uuid = Contract.someDevice(host);
    RegionImage first = image(host, uuid).without(this::showsHardware);
    RegionImage twin = image(host, uuid);
    try (DeviceUser user = host.open(uuid)) {
      useUp(user);
    }
    assertThat(first.differences(image(host, uuid), twin))
        .as("what the next user sees: set the device back in open or in close")
        .isEmpty();
    host.remove(uuid);
    String again = Contract.someDevice(host);
    assertThat(first.differences(image(host, again), twin))
        .as("what the user of the next device sees: keep state in the device model")
        .isEmpty();
  }

  @Test
  @DisplayName("4.3 required: what a user has started ends with the user (spec/vfio.md 1.5)")
  default void users_nothingGoesOn(TestHost host) {
    String uuid = Contract.someDevice(host);
    int buffers = host.host().memory().inUse();
    int timers = host.clock().timers();
    try (DeviceUser user = host.open(uuid)) {
      useUp(user);
    }
    assertThat(host.clock().timers())
        .as("timers after the user has gone: cancel them in close")
        .isLessThanOrEqualTo(timers);
    assertThat(host.host().memory().inUse())
        .as("host buffers and pins after the user has gone: give them back in close")
        .isLessThanOrEqualTo(buffers);
  }

  @Test
  @DisplayName(
      "4.4 required: several users at once are served or refused, and break nothing"
          + " (spec/vfio.md 4.1; VfioDevice: thread safety)")
  default void users_concurrent(TestHost host) {
    String uuid = Contract.someDevice(host);
    // Closed here only if all is well: where a thread hangs in the device, a close may hang too.
    DeviceUser user = host.open(uuid);
    user.map(IOVA, FaultyMemory.pages(PAGES));
    List<Background<Void>> running =
        IntStream.range(0, USERS)
            .mapToObj(number -> Background.run(() -> busy(user, number)))
            .toList();
    running.forEach(call -> call.join(host.limits().end()));
    user.close();
  }

  @Test
  @DisplayName(
      "4.5 optional: a reset puts the device into the state in which a user first found"
          + " it (spec/vfio.md 4.7, Resettable)")
  default void users_reset(TestHost host) {
    String uuid = Contract.someDevice(host);
    RegionImage twin = image(host, uuid);
    try (DeviceUser user = host.open(uuid)) {
      Contract.onlyIf(
          (user.file().info(16).flags() & DeviceInfo.RESET) != 0, "the device can't be reset");
      RegionImage first =
          RegionImage.of(user).without(this::showsHardware).without(this::resetKeeps);
      useUp(user);
      user.file().reset();
      Contract.onlyIf(
          !first.isEmpty(), "there is no region to be read that a reset sets back: resetKeeps");
      assertThat(first.differences(RegionImage.of(user), twin))
          .as("what a user sees after a reset: set everything back that can be written")
          .isEmpty();
    }
  }

  @Test
  @DisplayName(
      "4.6 required: users of two devices of one host see nothing of each other"
          + " (architecture: who owns what)")
  default void users_twoDevices(TestHost host) {
    List<String> two = Contract.twoDevices(host);
    Contract.onlyIf(two.size() == 2, "there can't be two devices at once: " + host.types());
    try (DeviceUser user = host.open(two.getFirst())) {
      user.map(IOVA, FaultyMemory.pages(PAGES));
      Scribble.over(user);
      host.host().flushWork(); // what this began must not be taken for the other's doing
      RegionImage before = RegionImage.settled(user).without(this::showsHardware);
      RegionImage twin = RegionImage.of(user);
      try (DeviceUser other = host.open(two.getLast())) {
        other.map(IOVA, FaultyMemory.pages(PAGES));
        tryToUse(other);
        Scribble.over(other, new Random(USERS)); // other bytes than the first
        assertAlone(host, user, before, twin, "has written");
      }
      assertAlone(host, user, before, twin, "has gone");
    }
  }

  private static void assertAlone(
      TestHost host, DeviceUser user, RegionImage before, RegionImage twin, String what) {
    host.host().flushWork();
    assertThat(before.differences(RegionImage.of(user), twin))
        .as(
            "what a user sees after that of another device %s: keep what belongs to one device in"
                + " its device model, not in the MdevDriver, the module or static fields",
            what)
        .isEmpty();
  }

  /** Has the {@code nth} step of an open fail; false if there are not so many. */
  private static boolean openFails(TestHost host, String uuid, LifecyclePoint point, int nth) {
    int buffers = host.host().memory().inUse();
    host.faults().failAt(point, nth);
    Errno refusal =
        Contract.refusalOf("open, made to fail at " + point, () -> host.open(uuid).close());
    boolean happened = host.faults().haveHappened();
    host.faults().clear();
    if (happened) {
      assertThat(refusal)
          .as(
              "errno of an open that fails at %s number %d: do not catch in open what is not yours",
              point, nth)
          .isEqualTo(Errno.ENOMEM);
      assertThat(host.host().memory().inUse())
          .as("host buffers after that: give back in open what was taken before it failed")
          .isEqualTo(buffers);
      host.open(uuid).close();
    }
    return happened;
  }

  private static RegionImage image(TestHost host, String uuid) {
    try (DeviceUser user = host.open(uuid)) {
      return RegionImage.of(user);
    }
  }

  /** Sets up the first interrupt of each index; where they exclude each other it is refused. */
  private static void triggers(DeviceUser user) {
    int indexes = user.file().info(16).irqs();
    for (int index = 0; index < indexes; index++) {
      int which = index;
      var _ = Contract.refusalOf("setting up interrupt " + index, () -> user.trigger(which));
    }
  }

  private void busy(DeviceUser user, int number) {
    Random random = new Random(number);
    for (int round = 0; round < ROUNDS; round++) {
      switch (random.nextInt(5)) {
        case 0 -> Scribble.over(user, random);
        case 1 -> tryToUse(user);
        case 2 -> triggers(user);
        case 3 -> {
          var _ = Contract.refusalOf("reset", user.file()::reset);
        }
        default -> {
          var _ = RegionImage.of(user);
        }
      }
    }
  }
}
