// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.css.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.hardware.ChannelHardware;
import org.mdev4j.css.hardware.HardwareListener;
import org.mdev4j.css.hardware.HardwareSubchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.sim.css.channel.CcwDevice;
import org.mdev4j.sim.css.channel.Habits;
import org.mdev4j.sim.css.channel.SubchannelHardware;
import org.mdev4j.sim.css.config.CssConfig;
import org.mdev4j.sim.css.config.DeviceFactory;

/**
 * The machine's channel subsystem: its paths, and what is plugged in. The host may still know what
 * was pulled, and not yet know what was plugged; this knows neither drivers nor the bus.
 *
 * <p>Thread-safe: the monitor guards the paths, the devices and the idle queues; it is not held
 * while something is reported.
 */
final class Backplane implements ChannelHardware {
  private final ModuleContext module;
  private final Habits habits;
  private final Map<Integer, Path> paths = new LinkedHashMap<>();
  private final Set<Integer> unavailable = new HashSet<>();
  private final NavigableMap<SubchannelId, PluggedDevice> plugged = new TreeMap<>();
  private final List<PluggedDevice> pulled = new ArrayList<>();
  private final Deque<WorkQueue> idleQueues = new ArrayDeque<>();
  private int queues;
  private volatile @Nullable HardwareListener listener;

  Backplane(ModuleContext module, CssConfig config) {
    this.module = module;
    this.habits = config.habits();
    config.paths().forEach(path -> paths.put(path.chpid(), new Path(path.chpid(), path.type())));
    config.subchannels().forEach(this::plugQuietly);
  }

  @Override
  public void attach(Scope scope, HardwareListener host) {
    listener = host;
    scope.onClose(() -> listener = null);
  }

  @Override
  public synchronized List<Path> paths() {
    return List.copyOf(paths.values());
  }

  @Override
  public synchronized boolean isConfigured(int chpid) {
    return paths.containsKey(chpid) && !unavailable.contains(chpid);
  }

  /**
   * Makes a path available to everything behind it, or takes it away, and reports a change.
   *
   * @throws ErrnoException {@code ENODEV} if there is no such path
   */
  @Override
  public void configure(int chpid, boolean available) {
    synchronized (this) {
      if (!paths.containsKey(chpid)) {
        throw new ErrnoException(
            Errno.ENODEV, String.format(Locale.ROOT, "there is no channel path %02x", chpid));
      }
      boolean changed = available ? unavailable.remove(chpid) : unavailable.add(chpid);
      if (!changed) {
        return;
      }
    }
    for (PluggedDevice each : all()) {
      Schib schib = each.hardware().stsch();
      int mask = schib == null ? 0 : schib.pmcw().pathMask(chpid);
      if (mask != 0) {
        each.hardware().setPath(mask, available);
      }
    }
    report(List.of(Crw.of(Crw.RSC_PATH, available ? Crw.ERC_INIT : Crw.ERC_PERRN, chpid)));
  }

  /**
   * Plugs a device in, and reports it.
   *
   * @throws ErrnoException {@code EEXIST} if its device number or its subchannel is taken
   */
  void plug(CssConfig.Subchannel config) {
    List<Path> before = paths();
    SubchannelId id = plugQuietly(config);
    HardwareListener host = listener;
    if (host != null) {
      paths().stream().filter(path -> !before.contains(path)).forEach(host::pathAdded);
    }
    reportSubchannel(id);
  }

  private synchronized SubchannelId plugQuietly(CssConfig.Subchannel config) {
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
    config
        .chpids()
        .forEach(chpid -> paths.putIfAbsent(chpid, new Path(chpid, CssConfig.DEFAULT_PATH_TYPE)));
    WorkQueue queue = takeQueue();
    SubchannelHardware hardware =
        new SubchannelHardware(
            id, pmcw(config), device, module.memory(), habits, queue, () -> raise(id));
    plugged.put(id, new PluggedDevice(number == null ? -1 : number, device, hardware, queue));
    return id;
  }

  /**
   * Pulls a device, and reports it.
   *
   * @throws ErrnoException {@code ENODEV} if there is none
   */
  void unplug(int number) {
    PluggedDevice gone = device(number);
    synchronized (this) {
      if (!plugged.remove(gone.subchannel(), gone)) {
        throw noDevice(number);
      }
      pulled.add(gone);
    }
    gone.hardware().unplug();
    reportSubchannel(gone.subchannel());
  }

  /** Frees the queue of a subchannel that was pulled, now that the host has forgotten it. */
  @Override
  public synchronized void released(HardwareSubchannel hardware) {
    pulled.stream()
        .filter(candidate -> candidate.hardware() == hardware)
        .findFirst()
        .ifPresent(
            gone -> {
              pulled.remove(gone);
              idleQueues.add(gone.queue());
            });
  }

  @Override
  public synchronized @Nullable HardwareSubchannel subchannel(SubchannelId id) {
    PluggedDevice there = plugged.get(id);
    return there == null ? null : there.hardware();
  }

  @Override
  public synchronized List<SubchannelId> places() {
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
    throw noDevice(number);
  }

  @Override
  public void settle() {
    all().forEach(each -> each.queue().flush());
  }

  /** Unplugs everything without a report: devices close their files. */
  void powerOff() {
    for (PluggedDevice each : all()) {
      each.hardware().unplug();
      CcwDevice device = each.device();
      if (device != null) {
        device.close();
      }
    }
  }

  private void raise(SubchannelId id) {
    HardwareListener host = listener;
    if (host != null) {
      host.statusPending(id);
    }
  }

  private void reportSubchannel(SubchannelId id) {
    Crw first = Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, id.number());
    Crw second = Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, id.ssid() << 4);
    report(List.of(new Crw(first.word() | Crw.CHAINED), second));
  }

  private void report(List<Crw> reports) {
    HardwareListener host = listener;
    if (host != null) {
      host.report(reports);
    }
  }

  private synchronized List<PluggedDevice> all() {
    return List.copyOf(plugged.values());
  }

  private WorkQueue takeQueue() {
    WorkQueue idle = idleQueues.poll();
    return idle == null ? module.workQueue("channel" + queues++) : idle;
  }

  private int free(CssConfig.Subchannel config) {
    int number = 0;
    while (plugged.containsKey(new SubchannelId(config.ssid(), number))) {
      number++;
    }
    return number;
  }

  private Pmcw pmcw(CssConfig.Subchannel config) {
    int installed = 0;
    int available = 0;
    long chpids = 0;
    for (int path = 0; path < config.chpids().size(); path++) {
      int chpid = config.chpids().get(path);
      installed |= 0x80 >> path;
      if (!unavailable.contains(chpid)) {
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

  private static ErrnoException noDevice(int number) {
    return new ErrnoException(
        Errno.ENODEV, String.format(Locale.ROOT, "there is no device %04x", number));
  }
}
