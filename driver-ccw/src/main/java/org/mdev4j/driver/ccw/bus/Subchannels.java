package org.mdev4j.driver.ccw.bus;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Published;

/** The subchannels that are bound to the driver. Thread-safe. */
public final class Subchannels {
  private final LongAdder spurious = new LongAdder();
  private final Map<Device, SubchannelParent> parents = new ConcurrentHashMap<>();

  /**
   * The subchannel that {@code device} stands for.
   *
   * @throws ErrnoException {@code ENODEV} if it is not bound
   */
  public SubchannelParent parent(Device device) {
    SubchannelParent parent = parents.get(device);
    if (parent == null) {
      throw new ErrnoException(Errno.ENODEV, device.name() + " is not bound to vfio_ccw");
    }
    return parent;
  }

  /** Takes a subchannel in until {@code scope} is closed. */
  void add(Subchannel subchannel, Scope scope) {
    Device device = subchannel.device();
    parents.put(device, new SubchannelParent(subchannel, new Published<>()));
    scope.onClose(() -> parents.remove(device));
  }

  /** How many interrupts came that nobody took. */
  public long spuriousInterrupts() {
    return spurious.sum();
  }

  void countSpurious() {
    spurious.increment();
  }

  /** The device that is registered for a subchannel now, or null. */
  @Nullable Lease<CcwDevice> current(Subchannel subchannel) {
    SubchannelParent parent = parents.get(subchannel.device());
    return parent == null ? null : parent.device().tryGet();
  }
}
