package org.mdev4j.ap.bus;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.device.Bus;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.RegisteredDriver;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * The AP bus of one host: hardware below, bus {@code ap} with its drivers above.
 *
 * <h2>How it hangs together</h2>
 *
 * A scan ({@link BusScan}) puts cards and queues on the bus. Which driver gets a queue is decided
 * by the two masks ({@link Permissions}); a write to one of them has every queue that no longer
 * fits its driver let go and offered anew. A change of the configuration has the bus scanned at
 * once; besides, it is scanned by the clock.
 *
 * <h2>Thread safety</h2>
 *
 * Locks in order: the scan's, a device's, then what drivers take; and the permission lock, then
 * what drivers take. Nobody holds the permission lock while a device is bound or let go.
 */
final class ApCore implements ApBus {
  private final ApHardware hardware;
  private final WorkQueue scanner;
  private final HostClock clock;
  private final Bus bus;
  private final Permissions permissions;
  private final BusScan scan;
  private final List<ApDriver> drivers = new CopyOnWriteArrayList<>();
  private volatile int scanSeconds = BusAttributes.DEFAULT_SCAN_SECONDS;
  private volatile HostClock.@Nullable Timer timer;

  ApCore(ModuleContext module, ApHardware hardware) {
    this.hardware = hardware;
    Scope scope = module.scope();
    clock = module.clock();
    scanner = module.workQueue("ap-scan");
    permissions = new Permissions(hardware.reserved(), () -> drivers);
    bus = scope.own(module.devices().registerBus(new ApBusType(permissions)));
    Device root = module.devices().add(DeviceSpec.named("ap"), scope);
    scan = new BusScan(hardware, module.devices(), bus, root, () -> drivers);
    new BusAttributes(this, hardware, scan).addTo(bus);
    var _ = scope.own(bus.registerDriver(new DefaultCardDriver(), null));
    register(new DefaultQueueDriver(), null, scope);
    scope.onClose(scan::removeAll);
    hardware.onChange(scope, scan::run);
    scan.run();
    scanLater();
    scope.onClose(this::stopScanning);
  }

  @Override
  public Bus bus() {
    return bus;
  }

  @Override
  public void registerDriver(ModuleContext module, ApDriver driver) {
    register(driver, module.module().directory(), module.scope());
  }

  private void register(ApDriver driver, @Nullable SysfsDirectory module, Scope scope) {
    var _ = scope.own(bus.registerDriver(new QueueDriverAdapter(driver, permissions), module));
    drivers.add(driver);
    scope.onClose(() -> drivers.remove(driver));
  }

  @Override
  public ReentrantLock permissionLock() {
    return permissions.lock();
  }

  @Override
  public ApMatrix reserved() {
    return permissions.reserved();
  }

  /** A write to apmask: changes it, then gives queues to the drivers that they are for now. */
  void changeApmask(String text) {
    permissions.changeAdapters(text);
    rebind();
  }

  /** The same for aqmask. */
  void changeAqmask(String text) {
    permissions.changeDomains(text);
    rebind();
  }

  private void rebind() {
    for (Device device : bus.devices()) {
      QueueDevice queue = device.payloadIf(QueueDevice.class);
      RegisteredDriver driver = device.driver();
      if (queue == null) {
        continue;
      }
      if (driver != null
          && driver.driver() instanceof QueueDriverAdapter adapter
          && !permissions.allow(queue.apqn(), adapter.ap())) {
        bus.detach(device, driver);
      }
      bus.offer(device);
    }
  }

  int scanSeconds() {
    return scanSeconds;
  }

  void scanSeconds(int seconds) {
    scanSeconds = seconds;
    stopScanning();
    scanLater();
  }

  private void scanLater() {
    timer =
        clock.schedule(
            Duration.ofSeconds(scanSeconds),
            () ->
                scanner.submit(
                    () -> {
                      try {
                        scan.run();
                      } finally {
                        scanLater();
                      }
                    }));
  }

  private void stopScanning() {
    HostClock.Timer waiting = timer;
    if (waiting != null) {
      waiting.cancel();
    }
  }

  @Override
  public QciInfo qci() {
    return hardware.qci();
  }

  @Override
  public TestedQueue tapq(Apqn apqn) {
    return hardware.tapq(apqn);
  }

  @Override
  public ApStatus rapq(Apqn apqn) {
    return hardware.rapq(apqn);
  }

  @Override
  public ApStatus zapq(Apqn apqn) {
    return hardware.zapq(apqn);
  }

  @Override
  public ApStatus nqap(Apqn apqn, long psmid, byte[] message) {
    return hardware.nqap(apqn, psmid, message);
  }

  @Override
  public Dequeued dqap(Apqn apqn, int length) {
    return hardware.dqap(apqn, length);
  }
}
