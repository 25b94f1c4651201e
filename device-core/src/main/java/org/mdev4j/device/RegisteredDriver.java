package org.mdev4j.device;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.mdev4j.device.lifetime.Drained;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * A {@link Driver} on its bus. Closing it unregisters the driver.
 *
 * <p>Thread-safe. A device is in {@code bound} from before its probe until after its driver has let
 * it go, and enters under its lock while {@code gone} is not set; so who sets {@code gone} and then
 * takes the lock of each device on the bus and in {@code bound} has seen the last of them.
 */
public final class RegisteredDriver implements Drained {
  private final Bus bus;
  private final Driver driver;
  private final SysfsDirectory directory;
  private final Set<Device> bound = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean gone = new AtomicBoolean();

  RegisteredDriver(Bus bus, Driver driver, SysfsDirectory directory) {
    this.bus = bus;
    this.driver = driver;
    this.directory = directory;
  }

  public String name() {
    return driver.name();
  }

  public Bus bus() {
    return bus;
  }

  public Driver driver() {
    return driver;
  }

  /** {@code /sys/bus/BUS/drivers/NAME}. */
  public SysfsDirectory directory() {
    return directory;
  }

  /** The devices that it is bound to, also those that are being removed. */
  List<Device> boundDevices() {
    return List.copyOf(bound);
  }

  void bound(Device device) {
    bound.add(device);
  }

  void unbound(Device device) {
    bound.remove(device);
  }

  /** Lets it take no device any more. True for the one call that did it. */
  boolean go() {
    return gone.compareAndSet(false, true);
  }

  boolean isGone() {
    return gone.get();
  }

  @Override
  public boolean waitsFor(Object place) {
    return (place instanceof SysfsNode node && node.isWithin(directory))
        || bound.stream().anyMatch(device -> device.unbindingWaitsFor(this, place));
  }

  /** See {@link Bus#unregisterDriver}. */
  @Override
  public void close() {
    bus.unregisterDriver(this);
  }

  @Override
  public String toString() {
    return "driver " + name() + " on bus " + bus.name();
  }
}
