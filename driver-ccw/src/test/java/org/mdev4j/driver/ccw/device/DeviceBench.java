package org.mdev4j.driver.ccw.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.TraceEvent;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.NoticedMemory;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.Trigger;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * A device alone, on a scripted subchannel: its user is the test, and so are the hardware and the
 * work queue, whose work is done when the test says so. Closing it checks that nothing of the
 * user's memory is left on the host.
 */
final class DeviceBench implements AutoCloseable {
  /** Where the user's memory begins. */
  static final int IOVA = CcwUser.IOVA;

  /** Activity of a program that runs. */
  static final int ACTIVE = Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE;

  final ScriptedSubchannel subchannel = new ScriptedSubchannel();
  final ImpatientClock clock;
  final CcwDevice device;
  final MemorySegment memory = Arena.ofAuto().allocate(1 << 16, 4096);
  final DmaSpace space;
  final EventCounter io = new EventCounter();
  final EventCounter crw = new EventCounter();
  final EventCounter req = new EventCounter();
  private final Host host = Host.builder().withoutDiscovery().start();
  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final List<TraceEvent> trace = new ArrayList<>();
  private Runnable pinning = () -> {};
  private Runnable signalling = () -> {};
  private @Nullable DeviceDma dma;

  DeviceBench() {
    this(new ImpatientClock());
  }

  private DeviceBench(ImpatientClock clock) {
    this(clock, clock);
  }

  /** A device whose time is in the test's hand. */
  DeviceBench(HostClock itsClock) {
    this(new ImpatientClock(), itsClock);
  }

  private DeviceBench(ImpatientClock impatient, HostClock itsClock) {
    clock = impatient;
    space = new DmaSpace(host.memory(), 100, true);
    GuestMemory of = new NoticedMemory(GuestMemory.of(memory), () -> pinning.run());
    space.map(new DmaMap(DmaMap.SIZE, 3, of, 0, IOVA, memory.byteSize()));
    var _ = host.tracing().listen(trace::add);
    device =
        new CcwDevice(
            subchannel,
            new HostServices(host.memory(), itsClock, host.tracing()),
            new WorkQueue("test", work::add));
  }

  /** Opens the device with all triggers set up. Returns this. */
  DeviceBench open() {
    Interrupts interrupts = new Interrupts(device.irqs());
    DeviceDma attached = space.attach(device::dmaUnmap);
    DeviceContext user =
        new DeviceContext() {
          @Override
          public DeviceDma dma() {
            return attached;
          }

          @Override
          public Interrupts interrupts() {
            return interrupts;
          }
        };
    dma = attached;
    device.open(user);
    set(
        interrupts,
        CcwDevice.IO_IRQ,
        () -> {
          io.signal();
          signalling.run();
        });
    set(interrupts, CcwDevice.CRW_IRQ, crw);
    set(interrupts, CcwDevice.REQUEST_IRQ, req);
    return this;
  }

  private static void set(Interrupts interrupts, int index, Trigger trigger) {
    interrupts.set(
        new IrqSet(
            24,
            IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
            index,
            0,
            1,
            new byte[0],
            List.of(() -> trigger)));
  }

  /** Does {@code action} whenever a page of the user's is pinned, in the thread that pins it. */
  void whenPinning(Runnable action) {
    pinning = action;
  }

  /** Does {@code action} with each signal that there is a status, in the thread that signals. */
  void whenSignalled(Runnable action) {
    signalling = action;
  }

  Tracing tracing() {
    return host.tracing();
  }

  /** Starts a program of one CCW that reads a page. */
  void start() {
    start(CcwUser.orb(IOVA));
  }

  void start(Orb orb) {
    program(new Ccw(0x02, 0, 0x1000, IOVA + 0x2000));
    write(0, CcwUser.request(orb, Scsw.START));
  }

  void program(Ccw... ccws) {
    for (int i = 0; i < ccws.length; i++) {
      BigEndian.doubleword(memory, 8L * i, ccws[i].toFormat1());
    }
  }

  void command(int command) {
    byte[] region = new byte[8];
    BigEndian.word(MemorySegment.ofArray(region), 0, command);
    write(1, region);
  }

  long write(int region, byte... bytes) {
    return write(region, UserBuffer.of(MemorySegment.ofArray(bytes)));
  }

  long write(int region, UserBuffer source) {
    return access(region).write(0, source);
  }

  byte[] read(int region, int count) {
    byte[] bytes = new byte[count];
    long read = access(region).read(0, UserBuffer.of(MemorySegment.ofArray(bytes)));
    return Arrays.copyOf(bytes, (int) read);
  }

  private Region.WholeAccess access(int region) {
    return ((Region.Whole) Objects.requireNonNull(device.region(region))).access();
  }

  Irb irb() {
    return Irb.readFrom(MemorySegment.ofArray(read(0, CcwUser.IO_SIZE)).asSlice(24));
  }

  /** Return code of the I/O region, 0, or of the command region, 1. */
  int returnCode(int region) {
    byte[] bytes = read(region, region == 0 ? CcwUser.IO_SIZE : 8);
    return BigEndian.word(MemorySegment.ofArray(bytes), bytes.length - 4L);
  }

  /** The subchannel presents status; the work is not done yet. */
  void present(int word0, int cpa, int word2) {
    subchannel.present(device, Irb.of(new Scsw(word0, cpa, word2), 0x80, new byte[0]));
  }

  /** The program ends as it should: primary and secondary status, channel end, device end. */
  void presentEnd() {
    present(Scsw.START | 0x07, subchannel.started().cpa() + 8, 0x0C000000);
  }

  /** Does what was submitted to the work queue. */
  void work() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      next.run();
    }
  }

  boolean hasWork() {
    return !work.isEmpty();
  }

  /** The state that the device is in; found out by a command that there is not. */
  String state() {
    trace.clear();
    try {
      command(0);
      throw new AssertionError("command 0 was taken");
    } catch (ErrnoException expected) {
      return trace.getLast().fields().getOrDefault("state", "?");
    }
  }

  /** The host's memory under a host address. */
  MemorySegment hostMemory(long address, long size) {
    return host.memory().resolve(address, size);
  }

  /** Buffers on the host for programs and pinned pages. */
  int inUse() {
    return host.memory().inUse();
  }

  /** The user goes; by then the device must have let go of its memory. */
  void closeDevice() {
    device.close();
    if (dma != null) {
      int pinned = space.pinnedPages();
      dma.close();
      dma = null;
      if (pinned != 0) {
        throw new AssertionError(pinned + " pages were still pinned after close");
      }
    }
  }

  @Override
  public void close() {
    if (dma != null) {
      if (!subchannel.isScheduled()) {
        subchannel.become(0);
      }
      closeDevice();
    }
    work();
    if (inUse() != 0) {
      throw new AssertionError(inUse() + " buffers were left on the host");
    }
    host.close();
  }
}
