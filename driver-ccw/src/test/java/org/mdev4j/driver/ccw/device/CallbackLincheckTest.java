package org.mdev4j.driver.ccw.device;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Publication;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.VfioDevice;

/** Interrupts against registration and removal, all interleavings. */
@DisplayName("ccw 1.3: an interrupt finds the device as long as it can be open")
class CallbackLincheckTest {
  /** Registering a device is many steps. */
  private static final int INTERLEAVINGS = 20;

  @Test
  @DisplayName("publish against interrupt: a user that opens at once loses no interrupt")
  void publish() {
    LincheckBench.explore(RealOpened.class, "publish", "open", INTERLEAVINGS);
  }

  @Test
  @DisplayName("a device that can be opened before it is published is found out")
  void plantedPublish() {
    LincheckBench.find(PublishedLate.class, "publish", "open", INTERLEAVINGS);
  }

  @Test
  @DisplayName("interrupt against remove: a user that is asked to let go loses no interrupt")
  void remove() {
    LincheckBench.explore(RealRemoved.class, "interrupt", "close", INTERLEAVINGS);
  }

  @Test
  @DisplayName("a device that is taken out of its slot before it is drained is found out")
  void plantedRemove() {
    LincheckBench.find(ClearedEarly.class, "interrupt", "close", INTERLEAVINGS);
  }

  /** What a host has that registers devices; made outside, and not explored. */
  private static final class Outside {
    static final Host HOST =
        Host.builder()
            .withoutDiscovery()
            .clock(new StoppedClock())
            .module(new VfioModule())
            .start();
    static final Vfio VFIO;
    static final LoadedModule OWNER;
    static final Device FIRST;
    static final Device SECOND;

    static {
      HOST.modules().modprobe("vfio");
      VFIO = HOST.service(Vfio.class);
      OWNER = Objects.requireNonNull(HOST.modules().loaded("vfio"));
      FIRST = HOST.devices().add(DeviceSpec.named("first"));
      SECOND = HOST.devices().add(DeviceSpec.named("second"));
    }
  }

  /** Time does not pass: only a put can end the wait for users. */
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

  /** A subchannel with its slot, as the css driver has it. */
  abstract static class Parent {
    final LincheckBench bench = new LincheckBench();
    final Published<CcwDevice> slot = new Published<>();
    private volatile Published<CcwDevice> visible = slot;
    volatile String seen = "";
    private final Device physical;

    Parent(Device physical) {
      this.physical = physical;
    }

    VfioRegistration register() {
      return Outside.VFIO.register(
          physical, bench.device, Outside.OWNER, List.of(new Publication<>(slot, bench.device)));
    }

    /** Callbacks find an empty slot. */
    final void hide() {
      visible = new Published<>();
    }

    /** Callbacks find the slot of the registration. */
    final void show() {
      visible = slot;
    }

    /** The program ends, and the css driver's callback looks for the device. */
    void endProgram() {
      bench.subchannel.lock().lock();
      try (Lease<CcwDevice> lease = visible.tryGet()) {
        if (bench.subchannel.isActive()) {
          seen += lease == null ? "an interrupt is lost " : "";
          bench.presentEnd();
        }
      } finally {
        bench.subchannel.lock().unlock();
      }
      bench.work();
    }

    public String verdict() {
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** Registered while a user tries to open it. */
  abstract static class Opened extends Parent {
    private volatile @Nullable VfioRegistration registered;

    Opened() {
      super(Outside.FIRST);
    }

    public void publish() {
      registered = register();
    }

    public void open() {
      VfioRegistration found = Outside.VFIO.device(Outside.FIRST.name());
      try (Lease<VfioDevice> user = found == null ? null : found.tryGet()) {
        if (user != null) {
          bench.open();
          seen += bench.start().equals("ok") ? "" : "not started ";
          endProgram();
          seen += bench.io.take() == 1 ? "" : "not told once ";
          bench.close();
        }
      }
    }

    @Override
    public String verdict() {
      VfioRegistration done = registered;
      if (done != null) {
        done.close();
      }
      return super.verdict();
    }
  }

  /** Removed while its user runs a program. */
  abstract static class Removed extends Parent {
    private final VfioRegistration registration;
    private @Nullable Lease<VfioDevice> user;

    Removed() {
      super(Outside.SECOND);
      registration = register();
      user = registration.tryGet();
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
      bench.whenRequested(this::letGo);
    }

    private void letGo() {
      Lease<VfioDevice> its = user;
      user = null;
      if (its != null) {
        bench.close();
        its.close();
      }
    }

    public void interrupt() {
      endProgram();
    }

    public void close() {
      registration.close();
    }

    @Override
    public String verdict() {
      try (Lease<CcwDevice> lease = slot.tryGet()) {
        seen += lease == null ? "" : "found after removal ";
      }
      return super.verdict();
    }
  }

  /** The device itself. */
  public static final class RealOpened extends Opened {}

  /** The device itself. */
  public static final class RealRemoved extends Removed {}

  /** The kernel's order at registration: first it can be opened, then it is published. */
  public static final class PublishedLate extends Opened {
    public PublishedLate() {
      hide();
    }

    @Override
    public void publish() {
      super.publish();
      show();
    }
  }

  /** The kernel's order at removal: first it is cleared, then the user is waited for. */
  public static final class ClearedEarly extends Removed {
    @Override
    public void close() {
      hide();
      super.close();
    }
  }
}
