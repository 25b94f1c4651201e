// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.host.Machine;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.Parameters;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.DeviceApi;

/**
 * Creates against the unregistration of their parent, all interleavings, of the real core and bus:
 * each either succeeds and is then removed, or fails; once the parent is unregistered no child is
 * left and none can come.
 */
@DisplayName("mdev 4, 8: create against parent unregistration")
class UnregistrationLincheckTest {
  private static final UUID CHILD = new UUID(0, 1);
  private static final MdevType TYPE = MdevType.named("1", "one");

  @Test
  @DisplayName("the gate lets a create in or keeps it out, and nothing between")
  void gate() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("a create that looks whether the parent is there and then enters is found out")
  void plantedLookThenEnter() {
    assertThatThrownBy(() -> options().check(Planted.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  private static ModelCheckingOptions options() {
    assertInTurn();
    return Schedules.named(60)
        .addCustomScenario(Schedules.scenario(Real.class, "", "create", "unregister", "orphans"))
        .sequentialSpecification(Parent.class);
  }

  /** One after the other all is well; it also makes and links what is outside. */
  private static void assertInTurn() {
    Real made = new Real();
    assertThat(made.create()).isEqualTo("ok");
    made.unregister();
    assertThat(made.create()).isEqualTo("ENODEV");
    assertThat(made.orphans()).isZero();
  }

  /** A parent with its children, one call after the other. */
  public static final class Parent {
    private boolean gone;
    private int children;

    public String create() {
      children += gone ? 0 : 1;
      return gone ? "ENODEV" : "ok";
    }

    public void unregister() {
      gone = true;
      children = 0;
    }

    /** Children that a parent has although it is gone. */
    public int orphans() {
      return gone ? children : 0;
    }
  }

  /**
   * A host with VFIO, which lends what a module's load is given. It is made before the exploring
   * begins, so what it does is not explored.
   */
  private static final class Outside implements DriverModule {
    private static final Outside MODULE = new Outside();

    static {
      Host host =
          Host.builder()
              .clock(new StoppedClock())
              .withoutDiscovery()
              .module(new VfioModule())
              .module(MODULE)
              .start();
      host.modules().modprobe("toy");
    }

    private @Nullable ModuleContext loaded;

    static ModuleContext context() {
      return Objects.requireNonNull(MODULE.loaded);
    }

    @Override
    public String name() {
      return "toy";
    }

    @Override
    public Set<String> requires() {
      return Set.of("vfio");
    }

    @Override
    public void load(ModuleContext context) {
      loaded = context;
    }
  }

  /** The mdev core with its bus, on a driver core of its own, with one parent. */
  public static class Real {
    private final DriverCore core = new DriverCore(new SysfsTree(), new Uevents(), false);
    private final Scope registration = new Scope("parent");
    private final Mdev mdev;
    private final RegisteredParent parent;
    private final RegisteredType type;
    private volatile boolean gone;

    public Real() {
      ModuleContext context = new Context(Outside.context(), core, new Scope("mdev"));
      mdev = mdev(context);
      ToyDriver driver = new ToyDriver("toy", DeviceApi.PCI);
      mdev.registerDriver(context, driver);
      Device device = core.add(DeviceSpec.named("p"));
      parent =
          (RegisteredParent)
              mdev.registerParent(
                  registration, device, driver, InstanceLimit.perType(1), List.of(TYPE));
      type = new RegisteredType(mdev, parent, TYPE, "type");
      device.directory().add(type.directory());
    }

    Mdev mdev(ModuleContext context) {
      return new Mdev(context);
    }

    @Operation
    public String create() {
      try {
        mdev.create(parent, type, CHILD);
        return "ok";
      } catch (ErrnoException refusal) {
        return refusal.errno().name();
      }
    }

    @Operation(runOnce = true)
    public void unregister() {
      registration.close();
      gone = true;
    }

    /** Counts the children that were left, and lets VFIO forget them. */
    @Operation
    public int orphans() {
      int orphans = gone ? mdev.deviceCount() : 0;
      VfioRegistration left = mdev.vfioDevice(CHILD);
      if (left != null) {
        left.close();
      }
      return orphans;
    }
  }

  /** The planted bug: a create looks at the gate, and does not enter. */
  public static final class Planted extends Real {
    @Override
    Mdev mdev(ModuleContext context) {
      return new Mdev(context) {
        @Override
        void enter(RegisteredParent parent) {
          if (parent.gate().isClosed()) {
            throw unregistering(parent);
          }
        }

        @Override
        void leave(RegisteredParent parent) {}
      };
    }
  }

  /** What a load is given, with a driver core and a scope for one interleaving. */
  private record Context(ModuleContext outside, DriverCore devices, Scope scope)
      implements ModuleContext {
    @Override
    public LoadedModule module() {
      return outside.module();
    }

    @Override
    public Parameters parameters() {
      return outside.parameters();
    }

    @Override
    public <T> T service(Class<T> type) {
      return outside.service(type);
    }

    @Override
    public <T> void provide(Class<T> type, T service) {
      outside.provide(type, service);
    }

    @Override
    public Machine machine() {
      return outside.machine();
    }

    @Override
    public HostMemory memory() {
      return outside.memory();
    }

    @Override
    public HostClock clock() {
      return outside.clock();
    }

    @Override
    public Tracing tracing() {
      return outside.tracing();
    }

    @Override
    public WorkQueue workQueue(String name, Scope owner) {
      return outside.workQueue(name, owner);
    }
  }

  /** Time does not pass. */
  private static final class StoppedClock implements HostClock {
    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Timer schedule(Duration delay, Runnable action) {
      return () -> {};
    }
  }
}
