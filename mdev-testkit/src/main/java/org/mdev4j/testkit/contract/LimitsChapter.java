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
  /** Of a type with more instances than this the limit is not tried. */
  int MOST = 64;

  @Test
  @DisplayName(
      "2.1 required: as many can be created as the type says, and no more" + " (spec/mdev.md 2, 8)")
  default void limits_kept(TestHost host) {
    for (OfferedType type : host.types()) {
      long limit = host.available(type);
      Contract.onlyIf(limit <= MOST, type + " has " + limit + " instances, too many to try");
      List<String> created = new ArrayList<>();
      for (long left = limit; left > 0; left--) {
        created.add(host.create(type));
        Contract.assertAvailable(host, type, left - 1, "after a create");
      }
      ErrnoException refusal = catchThrowableOfType(ErrnoException.class, () -> host.create(type));
      assertThat(refusal).as("create number %d of %s", limit + 1, type).isNotNull();
      assertThat(refusal.errno())
          .as("errno of a create when none is left")
          .isIn(Errno.EUSERS, Errno.ENOSPC);
      created.forEach(host::remove);
      Contract.assertAvailable(host, type, limit, "after everything was removed");
    }
  }

  @Test
  @DisplayName(
      "2.2 required: a probe that fails at any point leaves everything as before"
          + " (spec/mdev.md 5.9)")
  default void limits_failWithinProbe(TestHost host) {
    for (LifecyclePoint point : List.of(LifecyclePoint.OWN, LifecyclePoint.HOST_MEMORY)) {
      int nth = 1;
      while (createFails(host, point, nth)) {
        nth++;
      }
    }
  }

  @Test
  @DisplayName(
      "2.3 required: a create that fails after probe leaves everything as before"
          + " (spec/mdev.md 5.9)")
  default void limits_failAfterProbe(TestHost host) {
    assertThat(createFails(host, LifecyclePoint.REGISTER, 1)).isTrue();
  }

  /** Has the {@code nth} step of a create fail; false if there are not so many. */
  private static boolean createFails(TestHost host, LifecyclePoint point, int nth) {
    OfferedType type = Contract.someType(host);
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
      String when = "after a create that failed at " + point + " number " + nth;
      assertThat(refusal)
          .as("the errno of a create that fails at %s: do not catch what is not yours", point)
          .isNotNull()
          .extracting(ErrnoException::errno)
          .isEqualTo(Errno.ENOMEM);
      Contract.assertAvailable(host, type, available, when);
      assertThat(host.devices()).as("devices " + when).doesNotContain(uuid);
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
