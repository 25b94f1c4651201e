package org.mdev4j.sim.css.channel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.TestedStatus;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;

/** One subchannel with a device, and memory for programs. */
public final class Rig implements AutoCloseable {
  public static final int INTPARM = 0x11223300;

  /** Size of the arena that programs and data lie in. */
  public static final int ARENA = 1 << 16;

  private final Host host;
  private final HostBuffer arena;
  private final BlockingQueue<Boolean> interrupts = new LinkedBlockingQueue<>();
  private final SubchannelHardware subchannel;
  private final WorkQueue queue;
  private final ManualClock clock;

  public Rig(CcwDevice device) {
    this(device, Habits.ARCHITECTURE);
  }

  public Rig(CcwDevice device, Habits habits) {
    this(device, habits, new ManualClock());
  }

  public Rig(CcwDevice device, Habits habits, ManualClock clock) {
    this.clock = clock;
    AtomicReference<ModuleContext> context = new AtomicReference<>();
    host = Host.builder().withoutDiscovery().clock(clock).module(new Lender(context)).start();
    host.modules().modprobe("lender");
    queue = Objects.requireNonNull(context.get()).workQueue("channel");
    arena = host.memory().allocate(ARENA, 4096, 1L << 24);
    Pmcw pmcw = new Pmcw(0, Pmcw.VALID, 0x1002, 0x80, 0, 0, 0x80, 0, 0xFF, 0x80, 0, 0);
    subchannel =
        new SubchannelHardware(
            new SubchannelId(0, 1),
            pmcw,
            device,
            host.memory(),
            habits,
            queue,
            () -> interrupts.add(true));
    modify(pmcw.withEnabled(true, 3, INTPARM));
  }

  private record Lender(AtomicReference<ModuleContext> context) implements DriverModule {
    @Override
    public String name() {
      return "lender";
    }

    @Override
    public void load(ModuleContext given) {
      context.set(given);
    }
  }

  public HostMemory memory() {
    return host.memory();
  }

  public ManualClock clock() {
    return clock;
  }

  public SubchannelHardware subchannel() {
    return subchannel;
  }

  public MemorySegment bytes() {
    return arena.segment();
  }

  /** Address of a byte of the arena. */
  public int at(int offset) {
    return (int) arena.address() + offset;
  }

  public void modify(Pmcw pmcw) {
    if (subchannel.msch(pmcw) != ConditionCode.CC0) {
      throw new AssertionError("MSCH refused");
    }
  }

  public void concurrentSense() {
    modify(schib().pmcw().withConcurrentSense(true));
  }

  public Schib schib() {
    return Objects.requireNonNull(subchannel.stsch());
  }

  public Scsw scsw() {
    return schib().scsw();
  }

  /** Puts a format-1 program at an offset of the arena. */
  public void program(int offset, Ccw... ccws) {
    List<Long> words = new ArrayList<>();
    for (Ccw ccw : ccws) {
      words.add(ccw.toFormat1());
    }
    for (int i = 0; i < ccws.length; i++) {
      BigEndian.doubleword(arena.segment(), offset + 8L * i, words.get(i));
    }
  }

  /** An ORB for the program at an offset. */
  public Orb orb(int offset, int flags) {
    return new Orb(INTPARM, Orb.FORMAT_1 | Orb.PREFETCH | 0x8000 | flags, at(offset));
  }

  public ConditionCode start(int offset, int flags) {
    return subchannel.ssch(orb(offset, flags));
  }

  /** Starts the program at 0 and returns the status that it ends with. */
  public Scsw run(Ccw... ccws) {
    program(0, ccws);
    return run(orb(0, 0));
  }

  public Scsw run(Orb orb) {
    ConditionCode cc = subchannel.ssch(orb);
    if (cc != ConditionCode.CC0) {
      throw new AssertionError("SSCH: " + cc);
    }
    return await().scsw();
  }

  /** Keeps the channel from doing anything until the latch is counted down. */
  public CountDownLatch block() {
    CountDownLatch latch = new CountDownLatch(1);
    queue.submit(
        () -> {
          try {
            latch.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    return latch;
  }

  /** Waits for an interrupt and takes its status. */
  public Irb await() {
    while (true) {
      try {
        if (interrupts.poll(30, TimeUnit.SECONDS) == null) {
          throw new AssertionError("no interrupt; " + scsw());
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      TestedStatus tested = subchannel.tsch();
      if (tested.cc() == ConditionCode.CC0) {
        return tested.irb();
      }
    }
  }

  /** Waits for an interrupt and leaves its status pending. */
  public void awaitPending() {
    try {
      if (interrupts.poll(30, TimeUnit.SECONDS) == null) {
        throw new AssertionError("no interrupt; " + scsw());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Interrupts that nobody awaited; the channel is idle afterwards. */
  public int unawaited() {
    queue.flush();
    return interrupts.size();
  }

  public WorkQueue queue() {
    return queue;
  }

  /** Takes no notice of interrupts that were raised until now. */
  public void forgetInterrupts() {
    interrupts.clear();
  }

  public void flush() {
    queue.flush();
  }

  @Override
  public void close() {
    subchannel.release();
    subchannel.unplug();
    queue.flush();
    arena.close();
    host.close();
  }
}
