package org.mdev4j.device.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The memory that a host's simulated hardware addresses.
 *
 * <p>Addresses are numbers of this host only, from 64 KiB to 2^47; address 0 and what lies between
 * two buffers are never valid. A buffer is never handed out beyond its size: one byte more is
 * {@code EFAULT}, not a neighbour's byte.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the free ranges. Resolving an address takes no lock.
 */
public final class HostMemory {
  private static final long FIRST = 1L << 16;
  private static final long HIGH = 1L << 32;
  private static final long END = 1L << 47;
  private static final long GRAIN = 16;
  private static final long LARGE = 1 << 20;

  private final ConcurrentNavigableMap<Long, HostBuffer> buffers = new ConcurrentSkipListMap<>();
  private final NavigableMap<Long, Long> freeEnds = new TreeMap<>();
  private final Tracing tracing;

  HostMemory() {
    this(new Tracing());
  }

  HostMemory(Tracing tracing) {
    this.tracing = tracing;
    freeEnds.put(FIRST, HIGH);
    freeEnds.put(HIGH, END);
  }

  /**
   * Allocates zeroed memory.
   *
   * @param size bytes, more than 0
   * @param alignment power of two that the address is a multiple of
   * @param limit no byte's address is at or above this, for example 2^31 for what a 31-bit channel
   *     program refers to
   * @throws ErrnoException {@code ENOMEM} if there is no such range, {@code EINVAL} for a size or
   *     alignment that is none
   */
  public HostBuffer allocate(long size, long alignment, long limit) {
    check(size, alignment);
    return place(zeroed(size), alignment, limit);
  }

  /**
   * On the heap, if it is small: memory outside costs the collector a cleaner each time, which is
   * many times the price of all else that a channel program takes.
   */
  private static MemorySegment zeroed(long size) {
    if (size > LARGE) {
      return Arena.ofAuto().allocate(size, Long.BYTES);
    }
    long[] longs = new long[(int) ((size + Long.BYTES - 1) / Long.BYTES)];
    return MemorySegment.ofArray(longs).asSlice(0, size);
  }

  /** Allocates without an address limit. See {@link #allocate(long, long, long)}. */
  public HostBuffer allocate(long size, long alignment) {
    return allocate(size, alignment, END);
  }

  /**
   * Gives host addresses to memory that is there already, for example to a guest's pinned pages.
   *
   * @throws ErrnoException {@code ENOMEM} if there is no such range, {@code EINVAL} for an empty
   *     segment or an alignment that is none
   */
  public HostBuffer place(MemorySegment segment, long alignment, long limit) {
    check(segment.byteSize(), alignment);
    tracing.pass("host_memory", Long.toString(segment.byteSize()));
    long step = Math.max(alignment, GRAIN);
    HostBuffer buffer;
    synchronized (this) {
      buffer = new HostBuffer(this, take(segment.byteSize(), step, limit), segment);
      buffers.put(buffer.address(), buffer);
    }
    return buffer;
  }

  /**
   * The {@code size} bytes at {@code address}.
   *
   * @throws ErrnoException {@code EFAULT} if not all of them lie in one buffer
   */
  public MemorySegment resolve(long address, long size) {
    Map.Entry<Long, HostBuffer> entry = buffers.floorEntry(address);
    if (entry != null && size >= 0) {
      MemorySegment segment = entry.getValue().segment();
      long offset = address - entry.getKey();
      if (offset <= segment.byteSize() && size <= segment.byteSize() - offset) {
        return segment.asSlice(offset, size);
      }
    }
    throw new ErrnoException(
        Errno.EFAULT, String.format("no host memory at 0x%x for %d bytes", address, size));
  }

  /** How many buffers there are now; 0 when nothing leaked. */
  public int inUse() {
    return buffers.size();
  }

  synchronized void free(HostBuffer buffer) {
    if (!buffers.remove(buffer.address(), buffer)) {
      return;
    }
    long start = buffer.address();
    long end = start + roundUp(buffer.size(), GRAIN);
    Map.Entry<Long, Long> before = freeEnds.floorEntry(start);
    if (before != null && before.getValue() == start && start != HIGH) {
      start = before.getKey();
    }
    Long after = end == HIGH ? null : freeEnds.remove(end);
    freeEnds.put(start, after == null ? end : after);
  }

  private long take(long size, long step, long limit) {
    // Memory that may lie anywhere goes high, so that the low addresses stay for those who need
    // them.
    long start = limit > HIGH ? take(freeEnds.tailMap(HIGH, true), size, step, limit) : 0;
    if (start == 0) {
      start = take(freeEnds.headMap(HIGH, false), size, step, limit);
    }
    if (start == 0) {
      throw new ErrnoException(
          Errno.ENOMEM, String.format("no %d bytes of host memory below 0x%x", size, limit));
    }
    return start;
  }

  /** The first fit among {@code ranges}, or 0. */
  private long take(NavigableMap<Long, Long> ranges, long size, long step, long limit) {
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      long start = roundUp(range.getKey(), step);
      long end = start + roundUp(size, GRAIN);
      if (start >= range.getKey()
          && end > start
          && end <= range.getValue()
          && start + size <= limit) {
        carve(range.getKey(), range.getValue(), start, end);
        return start;
      }
    }
    return 0;
  }

  private static void check(long size, long alignment) {
    if (size <= 0 || alignment <= 0 || Long.bitCount(alignment) != 1) {
      throw new ErrnoException(
          Errno.EINVAL, "can't place " + size + " bytes at multiples of " + alignment);
    }
  }

  private void carve(long rangeStart, long rangeEnd, long start, long end) {
    freeEnds.remove(rangeStart);
    if (rangeStart < start) {
      freeEnds.put(rangeStart, start);
    }
    if (end < rangeEnd) {
      freeEnds.put(end, rangeEnd);
    }
  }

  private static long roundUp(long value, long step) {
    return (value + step - 1) & -step;
  }
}
