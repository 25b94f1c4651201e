package org.mdev4j.sim.css.machine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.mdev4j.css.CssDriver;
import org.mdev4j.css.Irb;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/** A driver of subchannels that writes down what it is told. */
final class RecordingDriver implements CssDriver {
  private final String name;
  private final Set<String> bound = new ConcurrentSkipListSet<>();
  private final BlockingQueue<Irb> interrupts = new LinkedBlockingQueue<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private volatile int refusals;

  RecordingDriver(String name) {
    this.name = name;
  }

  Set<String> bound() {
    return bound;
  }

  List<String> events() {
    return events;
  }

  /** Answers the next {@code times} machine checks with "later". */
  void postpone(int times) {
    refusals = times;
  }

  Irb await() throws InterruptedException {
    Irb irb = interrupts.poll(30, TimeUnit.SECONDS);
    if (irb == null) {
      throw new AssertionError("no interrupt");
    }
    return irb;
  }

  int waiting() {
    return interrupts.size();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<AttributeGroup> probe(Subchannel subchannel, Scope scope) {
    if (subchannel.schib().pmcw().has(Pmcw.QDIO)) {
      throw new ErrnoException(Errno.ENODEV, "no QDIO");
    }
    bound.add(subchannel.id().busId());
    return List.of();
  }

  @Override
  public void remove(Subchannel subchannel) {
    bound.remove(subchannel.id().busId());
  }

  @Override
  public void interrupt(Subchannel subchannel, Irb irb) {
    if (!subchannel.lock().isHeldByCurrentThread()) {
      throw new AssertionError("without the lock");
    }
    interrupts.add(irb);
  }

  @Override
  public boolean event(Subchannel subchannel) {
    if (refusals > 0) {
      refusals--;
      events.add("later");
      return false;
    }
    Schib schib = subchannel.stsch();
    events.add(schib == null ? "gone" : "there");
    if (schib == null) {
      subchannel.scheduleUnregister();
    }
    return true;
  }

  @Override
  public void pathEvent(Subchannel subchannel, int chpid, PathEvent event) {
    events.add(event + " " + chpid);
  }
}
