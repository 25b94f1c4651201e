package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.testkit.host.LifecyclePoint;
import org.mdev4j.testkit.host.OfferedType;
import org.mdev4j.testkit.host.TestHost;

/** Chapter 2: how many devices there can be, also when creating them fails. */
interface LimitsChapter extends Contract {
  /** Of a type with more instances than this only so many are created. */
  int MOST = 64;

  @Test
  @DisplayName(
      "2.1 required: as many can be created as the type says, and no more" + " (spec/mdev.md 2, 8)")
  default void limits_kept(TestHost host) {
    for (OfferedType type : host.types()) {
      long limit = host.available(type);
      List<String> created = new ArrayList<>();
      for (int number = 1; number <= Math.min(limit, MOST); number++) {
        created.add(create(host, type, number));
        Contract.assertAvailable(host, type, limit - number, "after a create");
      }
      if (limit <= MOST) {
        assertRefused(host, type, limit + 1);
      }
      created.forEach(host::remove);
      Contract.assertAvailable(host, type, limit, "after everything was removed");
    }
  }

  private static String create(TestHost host, OfferedType type, long number) {
    try {
      return host.create(type);
    } catch (ErrnoException refusal) {
      throw new AssertionError(
          "create number %d of %s is refused, although an instance is left: declare an"
                  .formatted(number, type)
              + " InstanceLimit that is what there can be, and do not count",
          refusal);
    }
  }

  private static void assertRefused(TestHost host, OfferedType type, long number) {
    ErrnoException refusal = catchThrowableOfType(ErrnoException.class, () -> host.create(type));
    assertThat(refusal)
        .as(
            "refusal of create number %d of %s, of which no instance is left: declare an"
                + " InstanceLimit, which the core keeps",
            number, type)
        .isNotNull();
    assertThat(refusal.errno())
        .as(
            "errno of a create of %s when none is left: let the core refuse it, by an"
                + " InstanceLimit",
            type)
        .isIn(Errno.EUSERS, Errno.ENOSPC);
  }

  @Test
  @DisplayName(
      "2.2 required: a probe that fails at any point leaves everything as before"
          + " (spec/mdev.md 5.9)")
  default void limits_failWithinProbe(TestHost host) {
    for (OfferedType type : Contract.someTypes(host)) {
      for (LifecyclePoint point : List.of(LifecyclePoint.OWN, LifecyclePoint.HOST_MEMORY)) {
        int nth = 1;
        while (createFails(host, type, point, nth)) {
          nth++;
        }
      }
    }
  }

  @Test
  @DisplayName(
      "2.3 required: a create that fails after probe leaves everything as before"
          + " (spec/mdev.md 5.9)")
  default void limits_failAfterProbe(TestHost host) {
    for (OfferedType type : Contract.someTypes(host)) {
      assertThat(createFails(host, type, LifecyclePoint.REGISTER, 1))
          .as("whether the model of a %s is registered: return it from probe", type)
          .isTrue();
    }
  }

  /** Has the {@code nth} step of a create fail; false if there are not so many. */
  private static boolean createFails(
      TestHost host, OfferedType type, LifecyclePoint point, int nth) {
    long available = host.available(type);
    int buffers = host.host().memory().inUse();
    int timers = host.clock().timers();
    String uuid = host.uuid();
    host.faults().failAt(point, nth);
    ErrnoException refusal =
        catchThrowableOfType(ErrnoException.class, () -> host.create(type, uuid));
    boolean happened = host.faults().haveHappened();
    host.faults().clear();
    if (happened) {
      String when =
          "after a create of a %s that failed at %s number %d".formatted(type, point, nth);
      assertThat(refusal)
          .as(
              "the errno of a create of a %s that fails at %s: do not catch what is not yours",
              type, point)
          .isNotNull()
          .extracting(ErrnoException::errno)
          .isEqualTo(Errno.ENOMEM);
      Contract.assertAvailable(host, type, available, when);
      assertThat(host.devices())
          .as("devices %s: hand what probe acquires to the Scope that it is given", when)
          .doesNotContain(uuid);
      assertThat(host.host().memory().inUse())
          .as("host buffers %s: hand each to the Scope as soon as it is allocated", when)
          .isEqualTo(buffers);
      assertThat(host.clock().timers())
          .as("timers %s: hand each to the Scope as soon as it is scheduled", when)
          .isEqualTo(timers);
      host.create(type, uuid);
    }
    host.remove(uuid);
    Contract.assertAvailable(host, type, available, "after the device was created and removed");
    return happened;
  }
}
