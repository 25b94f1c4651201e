package org.mdev4j.sim.css.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Bus;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.sim.css.ChannelSubsystem;
import org.mdev4j.sim.css.Crw;
import org.mdev4j.sim.css.CssDriver;
import org.mdev4j.sim.css.PathEvent;
import org.mdev4j.sim.css.Pmcw;
import org.mdev4j.sim.css.Schib;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.sim.css.Subchannel;
import org.mdev4j.sim.css.SubchannelId;
import org.mdev4j.sim.css.config.CssConfig;

/**
 * The channel subsystem of one host: the machine's side ({@link Backplane}) and the css bus with
 * its drivers, subchannels and channel paths.
 *
 * <h2>How it hangs together</h2>
 *
 * The machine reports a change as channel-report words; {@link MachineChecks} handles them one
 * after the other and calls {@link #evaluate} and {@link #tell}. A subchannel that is new gets a
 * device on the bus; one that is known has its driver asked; one that is gone and has no driver is
 * removed. Removing may block for as long as somebody uses the subchannel, so it is done by the
 * subchannel's own queue, and when it is done its place is looked at again.
 *
 * <h2>Thread safety</h2>
 *
 * {@code known} is concurrent; an entry is claimed before its device is added and given up after it
 * was removed, so one place has one device at a time. No lock is held across a call.
 */
final class CssCore implements ChannelSubsystem {
  private final ModuleContext module;
  private final Bus bus;
  private final Device root;
  private final ChannelPaths paths = new ChannelPaths();
  private final MachineChecks checks;
  private final WorkQueue ccwQueue;
  private final Backplane backplane;
  private final AtomicIntegerArray subclasses = new AtomicIntegerArray(8);
  private final ConcurrentNavigableMap<SubchannelId, CssSubchannel> known =
      new ConcurrentSkipListMap<>();

  CssCore(ModuleContext module, CssConfig config) {
    this.module = module;
    Scope scope = module.scope();
    backplane = new Backplane(module, config.habits(), this::raise);
    scope.onClose(backplane::powerOff);
    bus = scope.own(module.devices().registerBus(new CssBusType()));
    root = module.devices().add(DeviceSpec.named("css0"), scope);
    checks = new MachineChecks(this, module.workQueue("machine-checks"));
    ccwQueue = module.workQueue("ccw");
    new Injection(report -> checks.report(List.of(report))).addTo(module.devices().tree(), scope);
    new PanelFiles(this).addTo(module.devices().tree(), scope);
    registerIsc(scope, CssSubchannel.IO_ISC);
    config.paths().forEach(path -> addPath(path.chpid(), path.type()));
    CcwBus ccw = new CcwBus(module.devices(), scope);
    register(new IoSubchannelDriver(ccw, module.memory(), ccwQueue), null, scope);
    scope.onClose(this::removeAll);
  }

  /** Plugs the machine's devices and waits until those that answer at once are on the bus. */
  void start(CssConfig config) {
    for (CssConfig.Subchannel subchannel : config.subchannels()) {
      subchannel.chpids().forEach(chpid -> addPath(chpid, CssConfig.DEFAULT_PATH_TYPE));
      backplane.plug(subchannel, paths);
    }
    evaluateAll();
    settle();
  }

  @Override
  public Bus bus() {
    return bus;
  }

  @Override
  public void registerDriver(ModuleContext owner, CssDriver driver) {
    register(driver, owner, owner.scope());
  }

  private void register(CssDriver driver, @Nullable ModuleContext owner, Scope scope) {
    var _ =
        scope.own(
            bus.registerDriver(
                new CssDriverAdapter(driver, paths),
                owner == null ? null : owner.module().directory()));
  }

  @Override
  public void registerIsc(Scope scope, int isc) {
    if (isc < 0 || isc >= subclasses.length()) {
      throw new ErrnoException(Errno.EINVAL, "there is no interruption subclass " + isc);
    }
    if (subclasses.getAndIncrement(isc) == 0) {
      known.values().forEach(this::raiseIfPending);
    }
    scope.onClose(() -> subclasses.getAndDecrement(isc));
  }

  @Override
  public List<Subchannel> subchannels() {
    return new ArrayList<>(known.values());
  }

  @Override
  public @Nullable Subchannel subchannel(SubchannelId id) {
    return known.get(id);
  }

  @Override
  public List<SimulatedDevice> devices() {
    return backplane.devices();
  }

  @Override
  public SimulatedDevice device(int number) {
    return backplane.device(number);
  }

  @Override
  public void plug(String description) {
    CssConfig.Subchannel subchannel = CssConfig.subchannel(description);
    subchannel.chpids().forEach(chpid -> addPath(chpid, CssConfig.DEFAULT_PATH_TYPE));
    SubchannelId id = backplane.plug(subchannel, paths).subchannel();
    reportSubchannel(id);
  }

  @Override
  public void unplug(int number) {
    reportSubchannel(backplane.unplug(number));
  }

  @Override
  public void inject(Crw... reports) {
    checks.report(List.of(reports));
  }

  @Override
  public void configurePath(int chpid, boolean available) {
    ChannelPath path = paths.get(chpid);
    if (path.setConfigured(available)) {
      backplane.setPath(chpid, available);
      inject(Crw.of(Crw.RSC_PATH, available ? Crw.ERC_INIT : Crw.ERC_PERRN, chpid));
    }
  }

  @Override
  public void varyPath(int chpid, boolean on) {
    if (paths.get(chpid).setOnline(on)) {
      tell(chpid, on ? PathEvent.VARY_ON : PathEvent.VARY_OFF);
    }
  }

  @Override
  public void settle() {
    // Each stage may give work to the next, and the last one to the first.
    for (int round = 0; round < 2; round++) {
      checks.flush();
      backplane.flush();
      ccwQueue.flush();
    }
  }

  /** Looks at every place that the machine or the bus has. */
  void evaluateAll() {
    Set<SubchannelId> everywhere = new TreeSet<>(backplane.places());
    everywhere.addAll(known.keySet());
    everywhere.forEach(this::evaluate);
  }

  /** Looks whether something is new, changed or gone at a place. */
  void evaluate(SubchannelId id) {
    CssSubchannel subchannel = known.get(id);
    if (subchannel == null) {
      evaluateNew(id);
    } else {
      evaluate(subchannel);
    }
  }

  void evaluate(CssSubchannel subchannel) {
    if (!subchannel.isRegistered()) {
      return;
    }
    CssDriver driver = subchannel.driver();
    if (driver != null) {
      if (!driver.event(subchannel)) {
        subchannel.scheduleEvaluation();
      }
      return;
    }
    Schib schib = subchannel.stsch();
    if (schib == null || !schib.pmcw().has(Pmcw.VALID)) {
      subchannel.scheduleUnregister();
    }
  }

  /** Removes a subchannel from the bus; blocks as long as its driver needs. */
  void unregister(CssSubchannel subchannel) {
    subchannel.unregistered();
    module.devices().remove(subchannel.awaitDevice());
    known.remove(subchannel.id(), subchannel);
    backplane.released(subchannel.hardware());
    evaluate(subchannel.id());
  }

  /** Tells every subchannel what happened to a path. */
  void tell(int chpid, PathEvent event) {
    known.values().forEach(subchannel -> subchannel.deliverPathEvent(chpid, event));
  }

  private void evaluateNew(SubchannelId id) {
    PluggedDevice plugged = backplane.at(id);
    Schib schib = plugged == null ? null : plugged.hardware().stsch();
    if (plugged == null || schib == null || !schib.pmcw().has(Pmcw.VALID)) {
      return;
    }
    CssSubchannel subchannel = new CssSubchannel(this, plugged.hardware(), plugged.lane(), schib);
    if (known.putIfAbsent(id, subchannel) != null) {
      return;
    }
    Device added =
        module
            .devices()
            .add(
                DeviceSpec.named(id.busId())
                    .below(root)
                    .on(bus)
                    .carrying(subchannel)
                    .with(SubchannelAttributes.of(subchannel)));
    subchannel.device(added);
  }

  /** Status became pending somewhere. */
  private void raise(SubchannelId id) {
    CssSubchannel subchannel = known.get(id);
    if (subchannel != null) {
      raiseIfPending(subchannel);
    }
  }

  private void raiseIfPending(CssSubchannel subchannel) {
    Schib schib = subchannel.stsch();
    if (schib != null
        && subclasses.get(schib.pmcw().isc()) > 0
        && subchannel.hardware().hasPending()) {
      subchannel.lane().interrupts().submit(subchannel::deliverInterrupt);
    }
  }

  private void reportSubchannel(SubchannelId id) {
    Crw first = Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, id.number());
    Crw second = Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, id.ssid() << 4);
    checks.report(List.of(new Crw(first.word() | Crw.CHAINED), second));
  }

  private void addPath(int chpid, int type) {
    if (paths.find(chpid) != null) {
      return;
    }
    ChannelPath path = new ChannelPath(chpid, type);
    if (paths.add(path) != path) {
      return;
    }
    module
        .devices()
        .add(
            DeviceSpec.named(path.name())
                .below(root)
                .with(
                    path.attributes(
                        (itself, on) -> varyPath(itself.chpid(), on),
                        (itself, available) -> configurePath(itself.chpid(), available))),
            module.scope());
  }

  private void removeAll() {
    known
        .values()
        .forEach(
            subchannel -> {
              subchannel.unregistered();
              module.devices().remove(subchannel.awaitDevice());
            });
    known.clear();
  }

  static ErrnoException noDevice(int number) {
    return new ErrnoException(
        Errno.ENODEV, String.format(Locale.ROOT, "there is no device %04x", number));
  }
}
