package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.lifetime.Gate;

/**
 * One mapping: a range of IOVAs, what devices may do there, and the memory behind it.
 *
 * <pre>
 *   open --close--> closed: no new access, no new pin --drain--> unmapped: no access is left
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * Pins and their fetching, closing, and starting and stopping the log, are guarded by the lock of
 * the {@link DmaSpace}. {@link #read}, {@link #write} and {@link #page} may block in the user's
 * memory. They need no lock, but an access that was {@linkplain #enter begun}: the mapping is not
 * drained until it is {@linkplain #leave ended}.
 */
final class DmaMapping {
  private final IovaRange range;
  private final int prot;
  private final GuestMemory memory;
  private final long vaddr;
  private final Pins pins;
  private final Gate accesses = new Gate();

  /** How many pages are being fetched, to be pinned. Guarded by the lock, as is the next. */
  private int fetches;

  /** How many unmaps wait until none is being fetched; no fetch begins meanwhile. */
  private int waiting;

  private volatile @Nullable DirtyLog log;

  DmaMapping(DmaMap request, HostMemory hostMemory) {
    range = request.range();
    prot = request.prot();
    memory = request.memory();
    vaddr = request.vaddr();
    pins = new Pins(hostMemory);
  }

  IovaRange range() {
    return range;
  }

  Pins pins() {
    return pins;
  }

  boolean enter() {
    return accesses.enter();
  }

  void leave() {
    accesses.leave();
  }

  /** Begins to fetch a page, which is an access; false if the mapping is being unmapped. */
  boolean beginFetch() {
    if (waiting > 0 || !enter()) {
      return false;
    }
    fetches++;
    return true;
  }

  /** Ends the fetching of a page, which is pinned by now or never will be. */
  void endFetch(Condition fetchesEnded) {
    fetches--;
    leave();
    fetchesEnded.signalAll();
  }

  /** Waits, without the lock, until the pages that are being fetched are pinned, or given up. */
  void awaitFetches(Condition fetchesEnded) {
    waiting++;
    try {
      while (fetches > 0) {
        fetchesEnded.awaitUninterruptibly();
      }
    } finally {
      waiting--;
    }
  }

  /** Lets no access begin from now on. True for the one call that closed it. Does not wait. */
  boolean close() {
    return accesses.close();
  }

  boolean isClosed() {
    return accesses.isClosed();
  }

  /** Waits until the accesses under way have ended. Only after {@link #close}, without a lock. */
  void drain() {
    accesses.closeAndDrain();
  }

  /**
   * @throws ErrnoException {@code EPERM} unless the mapping permits all of {@code wanted}
   */
  void checkPermits(int wanted) {
    if ((wanted & ~prot) != 0) {
      throw new ErrnoException(
          Errno.EPERM, "mapping " + range + " permits " + prot + ", not " + wanted);
    }
  }

  /** Reads to the end of {@code into} or of the mapping. Returns how many bytes that was. */
  long read(long iova, MemorySegment into) {
    checkPermits(DeviceDma.READ);
    MemorySegment part = part(iova, into);
    long offset = offsetOf(iova, part.byteSize());
    try {
      memory.read(offset, part);
    } catch (RuntimeException | InternalError failure) {
      throw Faults.of(failure, "read from mapping " + range);
    }
    return part.byteSize();
  }

  /** Writes to the end of {@code from} or of the mapping. Returns how many bytes that was. */
  long write(long iova, MemorySegment from) {
    checkPermits(DeviceDma.READ | DeviceDma.WRITE);
    MemorySegment part = part(iova, from);
    long offset = offsetOf(iova, part.byteSize());
    try {
      memory.write(offset, part);
    } catch (RuntimeException | InternalError failure) {
      throw Faults.of(failure, "write to mapping " + range);
    }
    // Marked after the bytes are there: who is told of the page before finds it dirty once more.
    mark(iova, part.byteSize());
    return part.byteSize();
  }

  /** The memory of the page at {@code iova}, for {@link #pin}. */
  MemorySegment page(long iova) {
    long offset = offsetOf(iova, Pages.SIZE);
    MemorySegment page;
    try {
      page = memory.pin(offset, Pages.SIZE);
    } catch (RuntimeException | InternalError failure) {
      throw Faults.of(failure, "pinning in mapping " + range);
    }
    boolean writable = (prot & DeviceDma.WRITE) != 0;
    if (page.byteSize() != Pages.SIZE || (writable && page.isReadOnly())) {
      throw new ErrnoException(
          Errno.EFAULT, String.format("mapping %s has no such page at 0x%x", range, iova));
    }
    return writable ? page : page.asReadOnly();
  }

  /** The page at {@code iova}, pinned once more; {@code page} is what {@link #page} returned. */
  Pin pin(long iova, MemorySegment page) {
    Pin pin = pins.at(iova);
    if (pin == null) {
      pin = pins.place(iova, page);
      mark(iova, Pages.SIZE);
    }
    pin.add();
    return pin;
  }

  void startLog() {
    log = DirtyLog.forPages(range.pages());
    markPinned();
  }

  void stopLog() {
    log = null;
  }

  /**
   * Tells which pages are dirty. A pinned page stays dirty: hardware may write to it at any time.
   *
   * @param base the IOVA of the bitmap's first bit
   */
  void report(UserBitmap bitmap, long base) {
    DirtyLog current = log;
    if (current != null) {
      current.moveTo(bitmap, (range.first() - base) >>> Pages.SHIFT);
      markPinned();
    }
  }

  private void markPinned() {
    pins.all().forEach(pin -> mark(pin.page().iova(), Pages.SIZE));
  }

  private void mark(long iova, long size) {
    DirtyLog current = log;
    if (current != null) {
      long first = iova - range.first();
      current.mark(first >>> Pages.SHIFT, (first + size - 1) >>> Pages.SHIFT);
    }
  }

  private MemorySegment part(long iova, MemorySegment buffer) {
    long rest = range.last() - iova;
    return Long.compareUnsigned(buffer.byteSize() - 1, rest) <= 0
        ? buffer
        : buffer.asSlice(0, rest + 1);
  }

  /** Where {@code iova} is in the memory. A mapping may be larger than what is behind it. */
  private long offsetOf(long iova, long length) {
    long offset = vaddr + (iova - range.first());
    Faults.checkBounds(offset, length, memory.size());
    return offset;
  }
}
