// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * Bind, unbind and removal of one device, all interleavings: a device that is removed is not bound,
 * and its driver's probe and remove take turns.
 */
@DisplayName("A device that is removed is not bound any more")
class BusLincheckTest {
  @Test
  @DisplayName("bind against unbind and removal")
  void bindAgainstRemove() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("a bind that looks whether the device may be bound before it takes the lock")
  void plantedLookThenLock() {
    assertThatThrownBy(() -> options().check(Planted.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return Schedules.named(20)
        .addCustomScenario(
            Schedules.scenario(Real.class, "bind", "unbind bind", "remove", "isBound"))
        .sequentialSpecification(Binding.class);
  }

  /** One device and its driver, one call after the other. */
  public static final class Binding {
    private boolean removed;
    private boolean bound;

    public String bind() {
      if (removed) {
        return "ENODEV";
      }
      String answer = bound ? "EBUSY" : "ok";
      bound = true;
      return answer;
    }

    public boolean unbind() {
      boolean was = bound;
      bound = false;
      return was;
    }

    public void remove() {
      removed = true;
      bound = false;
    }

    public boolean isBound() {
      return bound;
    }
  }

  /** The bus itself. */
  public static class Real {
    private final DriverCore core = new DriverCore(new SysfsTree(), new Uevents(), false);
    private final Bus bus = bus(core);
    private final RegisteredDriver driver = bus.registerDriver(TestBus.driver("toy"), null);
    private final Device device = core.add(DeviceSpec.named("d").on(bus));

    Bus bus(DriverCore of) {
      return new Bus(of, new Manual(), of.tree().sys());
    }

    @Operation
    public String bind() {
      try {
        bus.attach(device, driver);
        return "ok";
      } catch (ErrnoException refusal) {
        return refusal.errno().name();
      }
    }

    @Operation
    public boolean unbind() {
      return bus.detach(device, driver);
    }

    @Operation(runOnce = true)
    public void remove() {
      core.remove(device);
    }

    @Operation
    public boolean isBound() {
      return !driver.boundDevices().isEmpty();
    }
  }

  /** The same, with a bus that looks too early. */
  public static final class Planted extends Real {
    @Override
    Bus bus(DriverCore of) {
      return new Bus(of, new Manual(), of.tree().sys()) {
        @Override
        public void attach(Device device, RegisteredDriver driver) {
          checkBindable(device, driver);
          super.attach(device, driver);
        }

        @Override
        void checkBindable(Device device, RegisteredDriver driver) {}
      };
    }
  }

  /** A bus on which nothing binds by itself. */
  private static final class Manual implements BusType {
    @Override
    public String name() {
      return "toy";
    }

    @Override
    public boolean match(Device device, RegisteredDriver driver) {
      return false;
    }
  }
}
