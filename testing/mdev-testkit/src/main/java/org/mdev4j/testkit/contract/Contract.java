package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.FaultyMemory;
import org.mdev4j.testkit.host.OfferedType;
import org.mdev4j.testkit.host.TestHost;

/** What all chapters ask of the driver under test, and how they look at it. */
interface Contract {
  /** Where the user's memory begins. */
  long IOVA = 0x100000;

  /** Pages of the user's memory. */
  int PAGES = 16;

  /** See {@link DriverContract#driver}. */
  DriverSetup driver();

  /** See {@link DriverContract#use}. */
  void use(DeviceUser user);

  /** See {@link DriverContract#answersBeyondRegions}. */
  boolean answersBeyondRegions();

  /** See {@link DriverContract#showsHardware}. */
  boolean showsHardware(int region);

  /** See {@link DriverContract#resetKeeps}. */
  boolean resetKeeps(int region);

  /** See {@link DriverContract#refusesWrites}. */
  boolean refusesWrites(int region);

  /** Has the device used; the user may be refused. */
  default void tryToUse(DeviceUser user) {
    var _ = refusalOf("what a user does", () -> use(user));
  }

  /** Maps the user's memory, has the device used, and writes everywhere. */
  default void useUp(DeviceUser user) {
    user.map(IOVA, FaultyMemory.pages(PAGES));
    tryToUse(user);
    Scribble.over(user);
  }

  /** Types of which a device can be created now, at least one; each type once. */
  static List<OfferedType> someTypes(TestHost host) {
    Map<String, OfferedType> found = new LinkedHashMap<>();
    for (OfferedType type : host.types()) {
      if (host.available(type) > 0) {
        found.putIfAbsent(type.id(), type);
      }
    }
    if (found.isEmpty()) {
      throw new AssertionError(
          "no parent offers a type with an instance left: "
              + host.types()
              + "; does the DriverSetup prepare the hardware?");
    }
    return List.copyOf(found.values());
  }

  /** A type of which a device can be created now. */
  static OfferedType someType(TestHost host) {
    return someTypes(host).getFirst();
  }

  /** Opens a new device of each type, one after the other, and has it looked at. */
  static void withEachType(TestHost host, BiConsumer<OfferedType, DeviceUser> look) {
    for (OfferedType type : someTypes(host)) {
      String uuid = host.create(type);
      try (DeviceUser user = host.open(uuid)) {
        look.accept(type, user);
      }
      host.remove(uuid);
    }
  }

  /** A new device of some type. */
  static String someDevice(TestHost host) {
    return host.create(someType(host));
  }

  /** Two devices that there are at once, of one type if possible; empty if there can't be two. */
  static List<String> twoDevices(TestHost host) {
    for (OfferedType type : host.types()) {
      if (host.available(type) >= 2) {
        return List.of(host.create(type), host.create(type));
      }
    }
    for (OfferedType type : host.types()) {
      if (host.available(type) > 0) {
        String one = host.create(type);
        for (OfferedType other : host.types()) {
          if (host.available(other) > 0) {
            return List.of(one, host.create(other));
          }
        }
        host.remove(one);
      }
    }
    return List.of();
  }

  /** Calls, and lets it be refused; a model that breaks instead is a failure. */
  static @Nullable Errno refusalOf(String what, ThrowingCallable call) {
    try {
      call.call();
      return null;
    } catch (ErrnoException refusal) {
      if (refusal.errno() == Errno.EIO && refusal.getCause() != null) {
        throw new AssertionError(
            what
                + " broke the device model instead of being answered or refused; throw an"
                + " ErrnoException to refuse",
            refusal);
      }
      return refusal.errno();
    } catch (Throwable failure) {
      throw new AssertionError(what + " failed", failure);
    }
  }

  /**
   * Asserts that an index beyond the last is refused: with {@code EINVAL}, or, if there are none at
   * all, as a request that the device does not know.
   */
  static void assertNoSuchIndex(int count, ThrowingCallable call) {
    if (count > 0) {
      TestHost.assertErrno(Errno.EINVAL, call);
    } else {
      assertThat(refusalOf("asking for an index beyond the last", call))
          .as("errno for an index beyond the last of none")
          .isIn(Errno.EINVAL, Errno.EOPNOTSUPP);
    }
  }

  /** Asserts that the counter of a type is as it was. */
  static void assertAvailable(TestHost host, OfferedType type, long expected, String why) {
    assertThat(host.available(type))
        .as(
            "available_instances of %s %s: the core counts, and gives back what a failed or removed"
                + " device took; declare an InstanceLimit and do not count",
            type, why)
        .isEqualTo(expected);
  }

  /** Skips a test of what only some devices can. */
  static void onlyIf(boolean applies, String otherwise) {
    Assumptions.assumeTrue(applies, otherwise);
  }
}
