// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * Create and remove of one UUID, all interleavings: the UUID is listed at most once, a listing
 * takes an instance and the release gives it back in the same step, and a duplicate is refused
 * before an exhausted limit.
 */
@DisplayName("mdev 5, 6, 8: create and remove of one UUID")
class RegistryLincheckTest {
  private static final MdevType TYPE = MdevType.named("1", "one");

  @Test
  @DisplayName("listing and counting are one step")
  void registry() {
    options().sequentialSpecification(Listing.class).check(RealRegistry.class);
  }

  @Test
  @DisplayName("a registry that looks for the UUID and then lists it is found out")
  void plantedLookThenList() {
    assertThatThrownBy(
            () -> options().sequentialSpecification(Listing.class).check(LookThenList.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return Schedules.drawn(10).actorsPerThread(2).actorsBefore(1).actorsAfter(1);
  }

  private static UUID uuid(boolean first) {
    return new UUID(0, first ? 1 : 2);
  }

  /** Two UUIDs and one instance, one call after the other. */
  public static final class Listing {
    private int left = 1;
    private boolean first;
    private boolean second;

    public String createFirst() {
      String answer = first ? "EEXIST" : left == 0 ? "EUSERS" : "ok";
      if (answer.equals("ok")) {
        left--;
        first = true;
      }
      return answer;
    }

    public String createSecond() {
      String answer = second ? "EEXIST" : left == 0 ? "EUSERS" : "ok";
      if (answer.equals("ok")) {
        left--;
        second = true;
      }
      return answer;
    }

    public void releaseFirst() {
      left += first ? 1 : 0;
      first = false;
    }

    public long available() {
      return left;
    }
  }

  /** The registry itself, with a real parent. */
  public static class RealRegistry {
    private final InstanceRegistry registry;
    private final RegisteredParent parent = parent();

    public RealRegistry() {
      this(new InstanceRegistry());
    }

    RealRegistry(InstanceRegistry registry) {
      this.registry = registry;
    }

    @Operation
    public String createFirst() {
      return create(true);
    }

    @Operation
    public String createSecond() {
      return create(false);
    }

    @Operation
    public void releaseFirst() {
      MdevInstance listed = registry.find(uuid(true));
      if (listed != null) {
        registry.release(listed);
      }
    }

    @Operation
    public long available() {
      return registry.available(parent.account(), TYPE);
    }

    private String create(boolean first) {
      try {
        registry.insert(new MdevInstance(uuid(first), parent, type()));
        return "ok";
      } catch (ErrnoException refusal) {
        return refusal.errno().name();
      }
    }

    private RegisteredType type() {
      return new RegisteredType(null, parent, TYPE, "p-1");
    }

    private static RegisteredParent parent() {
      DriverCore core = new DriverCore(new SysfsTree(), new Uevents(), false);
      Device device = core.add(DeviceSpec.named("p"));
      return new RegisteredParent(null, device, null, InstanceLimit.perType(1), List.of(TYPE));
    }
  }

  /** The planted bug: an insertion looks for the UUID, and then lists it. */
  public static final class LookThenList extends RealRegistry {
    public LookThenList() {
      super(
          new InstanceRegistry() {
            @Override
            void insert(MdevInstance instance) {
              checkUnlisted(instance);
              list(instance);
            }
          });
    }
  }
}
