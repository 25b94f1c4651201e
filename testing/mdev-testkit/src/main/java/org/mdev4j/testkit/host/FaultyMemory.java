package org.mdev4j.testkit.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.GuestMemory;

/**
 * A guest's memory that can be made to trouble a device: accesses that wait, as for a page that has
 * to be fetched first, accesses that fault, pages that can't be pinned.
 *
 * <p>Thread-safe.
 */
public final class FaultyMemory implements GuestMemory {
  private static final int PAGE = 4096;

  private final MemorySegment segment;
  private final GuestMemory memory;
  private volatile @Nullable Turnstile before;
  private volatile boolean faults;
  private volatile boolean pins = true;

  private FaultyMemory(MemorySegment segment) {
    this.segment = segment;
    this.memory = GuestMemory.of(segment);
  }

  /** Memory of that many pages of 4096 bytes, without any fault yet. */
  public static FaultyMemory pages(int pages) {
    return new FaultyMemory(Arena.ofAuto().allocate((long) pages * PAGE, PAGE));
  }

  /** The bytes, for the guest itself. */
  public MemorySegment segment() {
    return segment;
  }

  /** Accesses wait at {@code turnstile}, from now on. */
  public FaultyMemory blockingAt(Turnstile turnstile) {
    before = turnstile;
    return this;
  }

  /** Accesses and pins fail with {@code EFAULT}, from now on. */
  public FaultyMemory faulting() {
    faults = true;
    return refusingPins();
  }

  /** Pins fail with {@code EFAULT}, as of a guest in another process that gave no file. */
  public FaultyMemory refusingPins() {
    pins = false;
    return this;
  }

  @Override
  public long size() {
    return memory.size();
  }

  @Override
  public MemorySegment pin(long offset, long length) {
    arrive();
    if (!pins) {
      throw new ErrnoException(Errno.EFAULT, "this memory can't be pinned");
    }
    return memory.pin(offset, length);
  }

  @Override
  public void read(long offset, MemorySegment into) {
    arrive();
    memory.read(offset, into);
  }

  @Override
  public void write(long offset, MemorySegment from) {
    arrive();
    memory.write(offset, from);
  }

  private void arrive() {
    Turnstile turnstile = before;
    if (turnstile != null) {
      turnstile.pass();
    }
    if (faults) {
      throw new ErrnoException(Errno.EFAULT, "there is nothing behind this memory");
    }
  }
}
