package org.mdev4j.driver.ccw.bus;

import java.util.List;
import org.mdev4j.css.CssDriver;
import org.mdev4j.css.Irb;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevType;
import org.mdev4j.vfio.Lease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Driver {@code vfio_ccw} of the css bus ({@code spec/ccw.md} 1, 6): makes each subchannel a parent
 * of one mediated device. That registration is all it owns; a callback finds the device through the
 * published reference, and has a defined answer where there is none.
 *
 * <p>Stateless; callbacks of one subchannel come as {@link CssDriver} says.
 */
public final class SubchannelDriver implements CssDriver {
  /** Name of the css driver and, with {@code -io}, of its type of mediated devices. */
  public static final String NAME = "vfio_ccw";

  private static final Logger log = LoggerFactory.getLogger(SubchannelDriver.class);

  private final Mdev mdev;
  private final MdevDriver devices;
  private final Subchannels subchannels;

  /**
   * @param devices makes the mediated devices
   * @param subchannels where those that are bound are found
   */
  public SubchannelDriver(Mdev mdev, MdevDriver devices, Subchannels subchannels) {
    this.mdev = mdev;
    this.devices = devices;
    this.subchannels = subchannels;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<AttributeGroup> probe(Subchannel subchannel, Scope scope) {
    if (subchannel.schib().pmcw().has(Pmcw.QDIO)) {
      log.warn("{}: is for QDIO, which {} does not support", subchannel.id(), NAME);
      throw new ErrnoException(Errno.ENODEV, subchannel.id() + " is for QDIO");
    }
    subchannels.add(subchannel, scope);
    var _ =
        mdev.registerParent(
            scope,
            subchannel.device(),
            devices,
            InstanceLimit.perType(1),
            List.of(MdevType.named("io", "I/O subchannel (Non-QDIO)")));
    return List.of();
  }

  /** Without a device nobody wants status: the subchannel ought to be disabled, so it is, again. */
  @Override
  public void interrupt(Subchannel subchannel, Irb irb) {
    try (Lease<CcwDevice> device = subchannels.current(subchannel)) {
      if (device != null) {
        device.get().interrupt(irb);
      } else {
        log.warn("{}: nobody takes {}", subchannel.id(), irb);
        subchannels.countSpurious();
        CcwDevice.silence(subchannel);
      }
    }
  }

  @Override
  public boolean event(Subchannel subchannel) {
    if (!subchannel.isRegistered() || subchannel.isScheduled()) {
      return false;
    }
    try (Lease<CcwDevice> device = subchannels.current(subchannel)) {
      if (device != null) {
        device.get().checkPresence();
      } else {
        unregisterIfGone(subchannel);
      }
    }
    return true;
  }

  @Override
  public void pathEvent(Subchannel subchannel, int chpid, PathEvent event) {
    PathChange change = PathChange.of(subchannel, chpid, event);
    if (change == null) {
      return;
    }
    change.applyMasks();
    try (Lease<CcwDevice> device = subchannels.current(subchannel)) {
      if (device != null) {
        change.tell(device.get());
      }
    }
  }

  @Override
  public void shutdown(Subchannel subchannel) {
    try (Lease<CcwDevice> device = subchannels.current(subchannel)) {
      if (device != null) {
        device.get().shutdown();
      }
    }
  }

  private static void unregisterIfGone(Subchannel subchannel) {
    subchannel.lock().lock();
    try {
      var _ = subchannel.refresh();
    } catch (ErrnoException gone) {
      log.info("{}: {}", subchannel.id(), gone.summary());
      subchannel.scheduleUnregister();
    } finally {
      subchannel.lock().unlock();
    }
  }
}
