package org.mdev4j.css.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.Crw;
import org.mdev4j.css.CssDriver;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.hardware.ChannelHardware;
import org.mdev4j.css.hardware.HardwareListener;
import org.mdev4j.css.hardware.HardwareSubchannel;
import org.mdev4j.device.Bus;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;

/**
 * The channel subsystem of one host: the css bus with its drivers, subchannels and channel paths,
 * on the machine's hardware.
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
final class CssCore implements ChannelSubsystem, HardwareListener {
  private final ModuleContext module;
  private final Bus bus;
  private final Device root;
  private final ChannelPaths paths = new ChannelPaths();
  private final MachineChecks checks;
  private final WorkQueue ccwQueue;
  private final ChannelHardware hardware;
  private final Lane.Pool lanes;
  private final AtomicIntegerArray subclasses = new AtomicIntegerArray(8);
  private final ConcurrentNavigableMap<SubchannelId, CssSubchannel> known =
      new ConcurrentSkipListMap<>();

  CssCore(ModuleContext module, ChannelHardware hardware) {
    this.module = module;
    this.hardware = hardware;
    lanes = new Lane.Pool(module);
    Scope scope = module.scope();
    bus = scope.own(module.devices().registerBus(new CssBusType()));
    root = module.devices().add(DeviceSpec.named("css0"), scope);
    checks = new MachineChecks(this, module.workQueue("machine-checks"));
    ccwQueue = module.workQueue("ccw");
    new Injection(report -> checks.report(List.of(report))).addTo(module.devices().tree(), scope);
    registerIsc(scope, CssSubchannel.IO_ISC);
    // Before the drivers: removing a device may have to wait for an interrupt.
    hardware.attach(scope, this);
    hardware.paths().forEach(this::pathAdded);
    CcwBus ccw = new CcwBus(module.devices(), scope);
    register(new IoSubchannelDriver(ccw, module.memory(), ccwQueue), null, scope);
    scope.onClose(this::removeAll);
  }

  /** Looks at the machine, and waits until the devices that answer at once are on the bus. */
  void start() {
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
  public void inject(Crw... reports) {
    checks.report(List.of(reports));
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
      hardware.settle();
      known.values().forEach(each -> each.lane().interrupts().flush());
      ccwQueue.flush();
    }
  }

  /** Looks at every place that the machine or the bus has. */
  void evaluateAll() {
    Set<SubchannelId> everywhere = new TreeSet<>(hardware.places());
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
    lanes.giveBack(subchannel.lane());
    hardware.released(subchannel.hardware());
    evaluate(subchannel.id());
  }

  /** Tells every subchannel what happened to a path. */
  void tell(int chpid, PathEvent event) {
    known.values().forEach(subchannel -> subchannel.deliverPathEvent(chpid, event));
  }

  private void evaluateNew(SubchannelId id) {
    HardwareSubchannel found = hardware.subchannel(id);
    Schib schib = found == null ? null : found.stsch();
    if (found == null || schib == null || !schib.pmcw().has(Pmcw.VALID)) {
      return;
    }
    Lane lane = lanes.take();
    CssSubchannel subchannel = new CssSubchannel(this, found, lane, schib);
    if (known.putIfAbsent(id, subchannel) != null) {
      lanes.giveBack(lane);
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

  @Override
  public void report(List<Crw> reports) {
    checks.report(reports);
  }

  @Override
  public void statusPending(SubchannelId id) {
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

  @Override
  public void pathAdded(ChannelHardware.Path added) {
    ChannelPath path = new ChannelPath(added.chpid(), added.type(), hardware);
    if (paths.add(path) != path) {
      return;
    }
    module
        .devices()
        .add(
            DeviceSpec.named(path.name())
                .below(root)
                .with(path.attributes(on -> varyPath(added.chpid(), on))),
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
}
