package org.mdev4j.css.bus;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.mdev4j.css.CssDriver;
import org.mdev4j.css.Irb;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * The driver that has an I/O subchannel when nobody else wants it: it finds out what is behind it
 * and puts that on the ccw bus.
 *
 * <p>Devices come and go on one work queue, in the order of their subchannels. Recognition goes on
 * for all at the same time; a device that is slow to answer comes when it has answered.
 */
final class IoSubchannelDriver implements CssDriver {
  private final CcwBus bus;
  private final HostMemory memory;
  private final WorkQueue queue;
  private final Map<Subchannel, CcwChild> children = new ConcurrentHashMap<>();

  IoSubchannelDriver(CcwBus bus, HostMemory memory, WorkQueue queue) {
    this.bus = bus;
    this.memory = memory;
    this.queue = queue;
  }

  @Override
  public String name() {
    return "io_subchannel";
  }

  @Override
  public List<AttributeGroup> probe(Subchannel subchannel, Scope scope) {
    CssSubchannel known = (CssSubchannel) subchannel;
    CcwChild child = new CcwChild(known, bus, memory, queue);
    children.put(subchannel, child);
    return List.of(
        AttributeGroup.of(
            "",
            Attribute.readOnly("vpm", () -> String.format(Locale.ROOT, "%02x", known.vpm())),
            Attribute.writeOnly("logging", ignored -> {})));
  }

  @Override
  public void bound(Subchannel subchannel) {
    CcwChild child = children.get(subchannel);
    if (child != null) {
      recognise(child);
    }
  }

  @Override
  public void remove(Subchannel subchannel) {
    CcwChild child = children.remove(subchannel);
    if (child != null) {
      child.close();
    }
  }

  @Override
  public void interrupt(Subchannel subchannel, Irb irb) {
    CcwChild child = children.get(subchannel);
    if (child != null) {
      child.interrupt(irb);
    }
  }

  @Override
  public boolean event(Subchannel subchannel) {
    Schib schib = subchannel.stsch();
    if (schib == null || !schib.pmcw().has(Pmcw.VALID)) {
      subchannel.scheduleUnregister();
      return true;
    }
    subchannel.lock().lock();
    try {
      subchannel.lpm(schib.pmcw().pam() & subchannel.opm());
    } finally {
      subchannel.lock().unlock();
    }
    followPaths(subchannel);
    return true;
  }

  @Override
  public void pathEvent(Subchannel subchannel, int chpid, PathEvent event) {
    Schib schib = subchannel.stsch();
    if (schib == null) {
      throw new ErrnoException(Errno.ENODEV, subchannel.id() + " is gone");
    }
    int mask = schib.pmcw().pathMask(chpid);
    if (mask == 0) {
      return;
    }
    switch (event) {
      case VARY_ON -> subchannel.opm(subchannel.opm() | mask);
      case VARY_OFF -> subchannel.opm(subchannel.opm() & ~mask);
      case ONLINE, OFFLINE, FCES -> {}
    }
    subchannel.lpm(schib.pmcw().pam() & subchannel.opm());
    followPaths(subchannel);
  }

  /** Has the device come or go as there is a path to it or not. */
  private void followPaths(Subchannel subchannel) {
    CcwChild child = children.get(subchannel);
    if (child == null) {
      return;
    }
    if (subchannel.lpm() == 0) {
      queue.submit(child::unregister);
    } else {
      recognise(child);
    }
  }

  private void recognise(CcwChild child) {
    queue.submit(
        () -> {
          child.recognise();
          child.awaitAnswer();
          child.register();
        });
  }
}
