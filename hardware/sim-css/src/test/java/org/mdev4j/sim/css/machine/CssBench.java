package org.mdev4j.sim.css.machine;

import java.util.concurrent.atomic.AtomicReference;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.CssDriver;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Subchannel;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.Machine;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.CssPanel;

/** A host with a channel subsystem, and a module in which a test registers a driver. */
final class CssBench implements AutoCloseable {
  private final AtomicReference<CssDriver> driver = new AtomicReference<>();
  private final ManualClock clock = new ManualClock();
  private final Host host;

  CssBench(Machine machine) {
    host = Host.builder().machine(machine).clock(clock).module(new Bench(driver)).start();
  }

  private record Bench(AtomicReference<CssDriver> driver) implements DriverModule {
    @Override
    public String name() {
      return "bench";
    }

    @Override
    public void load(ModuleContext context) {
      ChannelSubsystem css = context.service(ChannelSubsystem.class);
      css.registerIsc(context.scope(), 3);
      css.registerDriver(context, driver.get());
    }
  }

  Host host() {
    return host;
  }

  ManualClock clock() {
    return clock;
  }

  ChannelSubsystem css() {
    return host.service(ChannelSubsystem.class);
  }

  CssPanel panel() {
    return host.service(CssPanel.class);
  }

  void register(CssDriver itsDriver) {
    driver.set(itsDriver);
    host.modules().insmod("bench", java.util.Map.of());
  }

  void unload() {
    host.modules().rmmod("bench");
  }

  Subchannel subchannel(int number) {
    Subchannel found = css().subchannel(new SubchannelId(0, number));
    if (found == null) {
      throw new AssertionError("no subchannel " + number);
    }
    return found;
  }

  /** Takes a subchannel from the standard driver and gives it to {@code name}. */
  Subchannel rebind(int number, String name) throws java.io.IOException {
    String busId = new SubchannelId(0, number).busId();
    java.nio.file.Files.writeString(
        host.path("/sys/bus/css/devices/" + busId + "/driver_override"), name);
    java.nio.file.Files.writeString(
        host.path("/sys/bus/css/devices/" + busId + "/driver/unbind"), busId);
    java.nio.file.Files.writeString(host.path("/sys/bus/css/drivers/" + name + "/bind"), busId);
    return subchannel(number);
  }

  /** A format-1 program in memory of its own; the ORB has interruption parameter 77. */
  HostBuffer program(Ccw... ccws) {
    HostBuffer buffer = host.memory().allocate(4096, 8, 1L << 31);
    for (int i = 0; i < ccws.length; i++) {
      BigEndian.doubleword(buffer.segment(), 8L * i, ccws[i].toFormat1());
    }
    return buffer;
  }

  static Orb orb(HostBuffer program, int flags) {
    return new Orb(77, Orb.FORMAT_1 | 0x8000 | flags, (int) program.address());
  }

  @Override
  public void close() {
    panel().devices().forEach(org.mdev4j.sim.css.SimulatedDevice::release);
    host.close();
  }
}
