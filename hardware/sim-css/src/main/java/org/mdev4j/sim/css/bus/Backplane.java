package org.mdev4j.sim.css.bus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.Pmcw;
import org.mdev4j.sim.css.Schib;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.sim.css.SubchannelId;
import org.mdev4j.sim.css.channel.CcwDevice;
import org.mdev4j.sim.css.channel.Habits;
import org.mdev4j.sim.css.channel.SubchannelHardware;
import org.mdev4j.sim.css.config.CssConfig;
import org.mdev4j.sim.css.config.DeviceFactory;

/**
 * What is plugged into the machine. The host may still know what was pulled, and not yet know what
 * was plugged; this knows neither drivers nor the bus.
 *
 * <p>Thread-safe: the monitor guards the two lists; it is not held while something is told.
 */
final class Backplane {
  private final ModuleContext module;
  private final Habits habits;
  private final Consumer<SubchannelId> interrupts;
  private final Lane.Pool lanes;
  private final NavigableMap<SubchannelId, PluggedDevice> plugged = new TreeMap<>();
  private final List<PluggedDevice> pulled = new ArrayList<>();

  Backplane(ModuleContext module, Habits habits, Consumer<SubchannelId> interrupts) {
    this.module = module;
    this.habits = habits;
    this.interrupts = interrupts;
    this.lanes = new Lane.Pool(module);
  }

  /**
   * Plugs a device in.
   *
   * @throws ErrnoException {@code EEXIST} if its device number or its subchannel is taken
   */
  synchronized PluggedDevice plug(CssConfig.Subchannel config, ChannelPaths paths) {
    Integer wanted = config.number();
    SubchannelId id = new SubchannelId(config.ssid(), wanted == null ? free(config) : wanted);
    if (plugged.containsKey(id)) {
      throw new ErrnoException(Errno.EEXIST, "subchannel " + id + " is there already");
    }
    Integer number = config.deviceNumber();
    if (number != null && plugged.values().stream().anyMatch(other -> other.number() == number)) {
      throw new ErrnoException(
          Errno.EEXIST, String.format(Locale.ROOT, "device %04x is there already", number));
    }
    CcwDevice device = number == null ? null : DeviceFactory.make(config, number, module);
    Lane lane = lanes.take();
    SubchannelHardware hardware =
        new SubchannelHardware(
            id,
            pmcw(config, paths),
            device,
            module.memory(),
            habits,
            lane.channel(),
            () -> interrupts.accept(id));
    PluggedDevice added = new PluggedDevice(number == null ? -1 : number, device, hardware, lane);
    plugged.put(id, added);
    return added;
  }

  /**
   * Pulls a device; says where it was.
   *
   * @throws ErrnoException {@code ENODEV} if there is none
   */
  SubchannelId unplug(int number) {
    PluggedDevice gone = device(number);
    synchronized (this) {
      if (!plugged.remove(gone.subchannel(), gone)) {
        throw CssCore.noDevice(number);
      }
      pulled.add(gone);
    }
    gone.hardware().unplug();
    return gone.subchannel();
  }

  /** The host has forgotten a subchannel; if it was pulled its queues are free. */
  void released(SubchannelHardware hardware) {
    PluggedDevice gone = null;
    synchronized (this) {
      for (PluggedDevice candidate : pulled) {
        if (candidate.hardware() == hardware) {
          gone = candidate;
        }
      }
      if (gone != null) {
        pulled.remove(gone);
      }
    }
    if (gone != null) {
      lanes.giveBack(gone.lane());
    }
  }

  synchronized @Nullable PluggedDevice at(SubchannelId id) {
    return plugged.get(id);
  }

  synchronized List<SubchannelId> places() {
    return List.copyOf(plugged.keySet());
  }

  synchronized List<SimulatedDevice> devices() {
    List<SimulatedDevice> devices = new ArrayList<>();
    for (PluggedDevice each : plugged.values()) {
      if (each.device() != null) {
        devices.add(each);
      }
    }
    return Collections.unmodifiableList(devices);
  }

  synchronized PluggedDevice device(int number) {
    for (PluggedDevice each : plugged.values()) {
      if (each.number() == number) {
        return each;
      }
    }
    throw CssCore.noDevice(number);
  }

  /** Makes a path available, or not, to everything that is behind it. */
  void setPath(int chpid, boolean available) {
    for (PluggedDevice each : all()) {
      Schib schib = each.hardware().stsch();
      int mask = schib == null ? 0 : schib.pmcw().pathMask(chpid);
      if (mask != 0) {
        each.hardware().setPath(mask, available);
      }
    }
  }

  /** Waits for what channels and interrupts are at. */
  void flush() {
    all().forEach(each -> each.lane().flush());
  }

  /** The host goes down: devices let go of their files. */
  void powerOff() {
    for (PluggedDevice each : all()) {
      each.hardware().unplug();
      CcwDevice device = each.device();
      if (device != null) {
        device.close();
      }
    }
  }

  private synchronized List<PluggedDevice> all() {
    return List.copyOf(plugged.values());
  }

  private int free(CssConfig.Subchannel config) {
    int number = 0;
    while (plugged.containsKey(new SubchannelId(config.ssid(), number))) {
      number++;
    }
    return number;
  }

  private static Pmcw pmcw(CssConfig.Subchannel config, ChannelPaths paths) {
    int installed = 0;
    int available = 0;
    long chpids = 0;
    for (int path = 0; path < config.chpids().size(); path++) {
      int chpid = config.chpids().get(path);
      ChannelPath known = paths.find(chpid);
      installed |= 0x80 >> path;
      if (known == null || known.isConfigured()) {
        available |= 0x80 >> path;
      }
      chpids |= (long) chpid << (56 - 8 * path);
    }
    Integer number = config.deviceNumber();
    int flags = (number == null ? 0 : Pmcw.VALID) | (config.qdio() ? Pmcw.QDIO : 0);
    return new Pmcw(
        0,
        flags,
        number == null ? 0 : number,
        installed,
        0,
        0,
        installed,
        0,
        0xFF,
        available,
        chpids,
        config.type() << 21);
  }
}
