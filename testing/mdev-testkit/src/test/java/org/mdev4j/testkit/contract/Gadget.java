package org.mdev4j.testkit.contract;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.PinsMemory;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionLayout;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.UserBuffer;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * A device that does a little of everything: registers, memory, an identification, a doorbell that
 * pins a page, a timer that interrupts. What is wrong with it its {@link Flaw} says.
 */
final class Gadget implements VfioDevice, Resettable, PinsMemory, Region.RegisterAccess {
  static final int REGISTERS = 0;
  static final int DOORBELL = 8;
  static final int TIMER = 12;

  /** What it says that breaks. */
  static final String BROKEN = "broken by a test";

  /** Bytes of registers that keep what is written. */
  static final int STORAGE = 8;

  private static final int PAGE = 4096;
  private static final int SIZE = 16;
  private static final byte[] IDENTIFICATION = "gadget!!".getBytes();
  private static final byte[] SHARED = new byte[STORAGE];
  private static final long LATER = 1_000_000;
  private static final long HUGE_SIZE = 1L << 12;

  private final Flaw flaw;
  private final HostMemory memory;
  private final HostClock clock;
  private final WorkQueue work;
  private final Published<Gadget> slot;
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] storage;
  private final MemorySegment pages = Arena.ofAuto().allocate(PAGE, PAGE);
  private final List<HostBuffer> buffers = new ArrayList<>();
  private final List<Region> regions;

  /** A timer that is there as long as the device is, as of drivers that look after it. */
  private final HostClock.Timer aging;

  private @Nullable DeviceContext user;
  private HostClock.@Nullable Timer timer;
  private long pinned = -1;
  private volatile boolean dead;
  private volatile boolean inside;
  private volatile boolean opened;
  private int looks;
  private int clears;

  Gadget(
      Flaw flaw,
      ModuleContext context,
      WorkQueue work,
      Published<Gadget> slot,
      byte[] registers,
      Scope scope) {
    this.flaw = flaw;
    this.memory = context.memory();
    this.clock = context.clock();
    this.work = work;
    this.slot = slot;
    storage = flaw == Flaw.STATIC_REGISTERS ? SHARED : registers;
    regions =
        List.of(
            Region.registers(SIZE, this),
            Region.memory(PAGE, new Pages()),
            new Region.Whole(
                IDENTIFICATION.length,
                flaw == Flaw.REFUSES_WRITES ? Region.READ | Region.WRITE : Region.READ,
                List.of(),
                new Identification()));
    aging = clock.schedule(Duration.ofDays(1), () -> {});
    scope.onClose(this::end);
  }

  @Override
  public DeviceApi api() {
    return flaw == Flaw.API_CHANGES && opened ? DeviceApi.PCI : DeviceApi.PLATFORM;
  }

  @Override
  public int regionCount() {
    return regions.size();
  }

  @Override
  public @Nullable Region region(int index) {
    if (flaw == Flaw.NO_END_OF_REGIONS) {
      return regions.get(index);
    }
    if (flaw == Flaw.INFO_CHANGES && index == 0) {
      return new Region.Registers(SIZE + looks++ % 2, 3, List.of(), 4, SIZE, this);
    }
    return index < regions.size() ? regions.get(index) : null;
  }

  @Override
  public RegionLayout layout() {
    long second = flaw == Flaw.OVERLAPS ? PAGE / 2 : PAGE;
    return flaw == Flaw.OVERLAPS
        ? RegionLayout.packed(
            new RegionLayout.Place(0, 0, HUGE_SIZE),
            new RegionLayout.Place(1, second + PAGE, HUGE_SIZE),
            new RegionLayout.Place(2, second + PAGE + PAGE / 2, HUGE_SIZE))
        : RegionLayout.shifted(40);
  }

  @Override
  public List<IrqIndex> irqs() {
    return switch (flaw) {
      case IRQ_NOT_THERE ->
          List.of(IrqIndex.notification(), new IrqIndex(1, IrqIndex.EVENTFD, IrqIndex.Kind.NONE));
      case IRQ_NOT_SAID ->
          List.of(IrqIndex.notification(), new IrqIndex(1, 0, IrqIndex.Kind.NOTIFY));
      default -> List.of(IrqIndex.notification(), IrqIndex.none());
    };
  }

  @Override
  public void open(DeviceContext context) {
    lock.lock();
    try {
      opened = true;
      if (flaw != Flaw.KEEPS_STATE) {
        clear();
      }
      allocate();
      user = context;
    } finally {
      lock.unlock();
    }
  }

  private void allocate() {
    try {
      buffers.add(memory.allocate(PAGE, PAGE));
      buffers.add(memory.allocate(PAGE, PAGE));
    } catch (ErrnoException failure) {
      if (flaw != Flaw.LEAKS_IN_OPEN) {
        giveBackBuffers();
      }
      throw failure;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      unpin();
      if (flaw != Flaw.TIMER_GOES_ON) {
        stopTimer();
      }
      if (flaw != Flaw.KEEPS_BUFFERS) {
        giveBackBuffers();
      }
      user = null;
      if (flaw == Flaw.CLOSE_THROWS) {
        throw new IllegalStateException(BROKEN);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void request(int count) {
    dead = flaw == Flaw.DIES_ON_REQUEST;
    if (flaw == Flaw.REQUEST_THROWS) {
      throw new IllegalStateException(BROKEN);
    }
  }

  @Override
  public void reset() {
    switch (flaw) {
      case RESET_BLOCKS -> block();
      case LEAKS_THREAD -> Leaks.thread();
      case LEAKS_FILE -> Leaks.file();
      default -> {}
    }
    lock.lock();
    try {
      unpin();
      stopTimer();
      if (flaw != Flaw.RESET_FORGETS) {
        clear();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void dmaUnmap(long iova, long size) {
    lock.lock();
    try {
      if (flaw != Flaw.KEEPS_PINS) {
        unpin();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long read(long offset, int width) {
    enter();
    try {
      long value = 0;
      for (int i = width - 1; i >= 0; i--) {
        value = value << 8 | (offset + i < STORAGE ? storage[(int) offset + i] & 0xff : 0);
      }
      return value;
    } finally {
      leave();
    }
  }

  @Override
  public void write(long offset, int width, long value) {
    enter();
    try {
      if (flaw == Flaw.STORES_LATER) {
        int asked = clears;
        var _ = work.submit(() -> storeLater(asked, offset, width, value));
      } else {
        store(offset, width, value);
      }
      if (offset == DOORBELL && width == Integer.BYTES) {
        ring(value);
      } else if (offset == TIMER && width == Integer.BYTES) {
        startTimer();
      }
    } finally {
      leave();
    }
  }

  private void store(long offset, int width, long value) {
    for (int i = 0; i < width && offset + i < STORAGE; i++) {
      storage[(int) offset + i] = (byte) (value >> 8 * i);
    }
  }

  /** Stores what was written a while ago, unless that was cleared since. */
  private void storeLater(int asked, long offset, int width, long value) {
    LockSupport.parkNanos(LATER);
    lock.lock();
    try {
      if (asked == clears) {
        store(offset, width, value);
      }
    } finally {
      lock.unlock();
    }
  }

  private void enter() {
    if (dead || (flaw == Flaw.NOT_THREAD_SAFE && inside)) {
      throw new IllegalStateException(BROKEN);
    }
    if (flaw == Flaw.DEADLOCKS && inside) {
      block();
    }
    if (flaw == Flaw.NOT_THREAD_SAFE) {
      inside = true;
      LockSupport.parkNanos(100_000);
    } else {
      lock.lock();
      if (flaw == Flaw.DEADLOCKS) {
        inside = true;
        LockSupport.parkNanos(100_000);
      }
    }
  }

  /** Takes the lock for good. */
  private void block() {
    lock.lock();
    while (true) {
      LockSupport.park();
      var _ = Thread.interrupted(); // so that it parks again
    }
  }

  private void leave() {
    inside = false;
    if (flaw != Flaw.NOT_THREAD_SAFE) {
      lock.unlock();
    }
  }

  private void ring(long page) {
    if (flaw == Flaw.LEAKS_LEASE) {
      Lease<Gadget> _ = slot.tryGet();
    }
    DeviceContext context = user;
    if (context == null || pinned >= 0) {
      return;
    }
    try {
      var _ = context.dma().pinPages(page * PAGE, 1, DeviceDma.READ);
      pinned = page * PAGE;
    } catch (ErrnoException refusal) {
      if (flaw == Flaw.BREAKS_ON_FAULT && refusal.errno() == Errno.EFAULT) {
        throw new IllegalStateException(BROKEN);
      }
      throw refusal;
    }
  }

  private void startTimer() {
    stopTimer();
    timer = clock.schedule(Duration.ofSeconds(1), this::expire);
  }

  private void expire() {
    DeviceContext context = user;
    if (context != null) {
      var _ = context.interrupts().signal(0, 0);
    }
  }

  private void stopTimer() {
    HostClock.Timer running = timer;
    if (running != null) {
      running.cancel();
      timer = null;
    }
  }

  private void unpin() {
    DeviceContext context = user;
    if (pinned >= 0 && context != null) {
      context.dma().unpinPages(pinned, 1);
    }
    pinned = -1;
  }

  private void clear() {
    clears++;
    java.util.Arrays.fill(storage, (byte) 0);
    pages.fill((byte) 0);
  }

  private void giveBackBuffers() {
    buffers.forEach(HostBuffer::close);
    buffers.clear();
  }

  private void end() {
    aging.cancel();
    stopTimer();
    giveBackBuffers();
  }

  private final class Pages implements Region.MemoryAccess {
    private boolean mapping;

    @Override
    public boolean isMappable(long offset, long length) {
      mapping = flaw == Flaw.MAPS_OTHER_MEMORY;
      return true;
    }

    @Override
    public MemorySegment segment() {
      if (mapping) {
        mapping = false;
        return MemorySegment.ofArray(new byte[PAGE]).fill((byte) 1);
      }
      return pages;
    }
  }

  /** Read as a whole; there is nothing to write. */
  private final class Identification implements Region.WholeAccess {
    @Override
    public long read(long offset, UserBuffer destination) {
      if (flaw == Flaw.REFUSES_READS) {
        throw new ErrnoException(Errno.EINVAL, "the identification can't be read");
      }
      long at = flaw == Flaw.OFFSET_WRAPS ? (int) offset : offset;
      if (flaw == Flaw.READS_BEYOND) {
        return destination.size();
      }
      if (at < 0 || at >= IDENTIFICATION.length) {
        throw new ErrnoException(Errno.EINVAL, "no byte " + offset + " in the identification");
      }
      long size = Math.min(destination.size(), IDENTIFICATION.length - at);
      destination.copyTo(0, MemorySegment.ofArray(IDENTIFICATION).asSlice(at, size));
      return size;
    }

    @Override
    public long write(long offset, UserBuffer source) {
      if (flaw == Flaw.WRITES_READ_ONLY && offset + source.size() <= IDENTIFICATION.length) {
        return source.size();
      }
      throw new ErrnoException(Errno.EINVAL, "the identification can't be written");
    }
  }
}
