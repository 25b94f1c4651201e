package org.mdev4j.sim.ap;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Machine;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.ModuleContext;

/** A host with an AP bus, its time in the test's hand. */
final class Rig implements AutoCloseable {
  static final Duration MESSAGE_TIME = Duration.ofMillis(1);

  final ManualClock clock = new ManualClock();
  final Host host;
  final ApBus ap;
  final ApPanel panel;

  Rig() {
    this(ApMachines.find(ApMachines.EXAMPLE).orElseThrow());
  }

  Rig(Machine machine) {
    host = Host.builder().machine(machine).clock(clock).start();
    ap = host.service(ApBus.class);
    panel = host.service(ApPanel.class);
  }

  /** A guest that may use everything that the host has. */
  ApGuest guest() {
    ApGuest guest = panel.guest("g", GuestFeatures.all());
    guest.load(ap.qci().matrix());
    return guest;
  }

  /** Lets messages take a while, so that there is a before and an after. */
  void slow() {
    panel.setTimes(MESSAGE_TIME, Duration.ZERO, Duration.ZERO);
  }

  /** Lets as many messages be answered as {@code count}. */
  void answer(int count) {
    for (int i = 0; i < count; i++) {
      clock.advance(MESSAGE_TIME);
      panel.settle();
    }
  }

  String read(String file) {
    try {
      return Files.readString(host.path(file));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** Writes; the refusal, or null. */
  @Nullable Errno write(String file, String text) {
    try {
      Files.writeString(host.path(file), text, StandardOpenOption.WRITE);
      return null;
    } catch (FileSystemException refused) {
      if (refused.getCause() instanceof ErrnoException refusal) {
        return refusal.errno();
      }
      throw new AssertionError(refused);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** The driver of a queue; null for none. */
  @Nullable String driver(String queue) {
    Path link = host.path("/sys/bus/ap/devices/" + queue + "/driver");
    try {
      return Files.exists(link) ? String.valueOf(Files.readSymbolicLink(link).getFileName()) : null;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Override
  public void close() {
    host.close();
  }

  /** A module that brings a driver. */
  record WithDriver(ApDriver driver) implements DriverModule {
    @Override
    public String name() {
      return "m_" + driver.name();
    }

    @Override
    public void load(ModuleContext context) {
      context.service(ApBus.class).registerDriver(context, driver);
    }
  }

  /** Such a host with modules that bring these drivers, loaded in this order. */
  static Rig with(List<ApDriver> drivers) {
    Host.Builder builder = Host.builder();
    drivers.forEach(driver -> builder.module(new WithDriver(driver)));
    return new Rig(builder, drivers);
  }

  private Rig(Host.Builder builder, List<ApDriver> drivers) {
    host = builder.machine(ApMachines.find(ApMachines.EXAMPLE).orElseThrow()).clock(clock).start();
    ap = host.service(ApBus.class);
    panel = host.service(ApPanel.class);
    drivers.forEach(driver -> host.modules().modprobe("m_" + driver.name()));
  }
}
