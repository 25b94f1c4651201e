package org.mdev4j.vfio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * Reads and writes of a device file: finds the region, and does to it what its kind says ({@code
 * spec/vfio.md} 4.1).
 *
 * <p>Stateless and without locks; an access to registers allocates nothing.
 */
final class RegionAccess {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final VfioDevice device;

  RegionAccess(VfioDevice device) {
    this.device = device;
  }

  /** Reads into the user's buffer; the number of bytes read. */
  long read(long position, UserBuffer destination) {
    Region region = find(position);
    if (region instanceof Region.Whole whole) {
      return whole.access().read(offset(position), destination);
    }
    check(region, Region.READ, position, destination.size());
    MemorySegment copy = heap(destination.size());
    long read = read(position, copy);
    destination.copyTo(0, copy);
    return read;
  }

  /** Writes from the user's buffer; what the write returns. */
  long write(long position, UserBuffer source) {
    Region region = find(position);
    if (region instanceof Region.Whole whole) {
      return whole.access().write(offset(position), source);
    }
    check(region, Region.WRITE, position, source.size());
    MemorySegment copy = heap(source.size());
    source.copyFrom(0, copy);
    return write(position, copy);
  }

  long read(long position, MemorySegment into) {
    long size = into.byteSize();
    switch (find(position)) {
      case Region.Registers registers -> readUnits(registers, position, into);
      case Region.Memory memory ->
          MemorySegment.copy(slice(memory, position, size, Region.READ), 0, into, 0, size);
      case Region.Whole whole -> {
        return whole.access().read(offset(position), UserBuffer.of(into));
      }
      case null -> throw outside(position, size);
    }
    return size;
  }

  long write(long position, MemorySegment from) {
    long size = from.byteSize();
    switch (find(position)) {
      case Region.Registers registers -> writeUnits(registers, position, from);
      case Region.Memory memory ->
          MemorySegment.copy(from, 0, slice(memory, position, size, Region.WRITE), 0, size);
      case Region.Whole whole -> {
        return whole.access().write(offset(position), UserBuffer.of(from));
      }
      case null -> throw outside(position, size);
    }
    return size;
  }

  private void readUnits(Region.Registers registers, long position, MemorySegment into) {
    long size = into.byteSize();
    long offset = offset(position);
    check(registers, Region.READ, position, size);
    try {
      for (long done = 0; done < size; ) {
        int width = width(offset + done, size - done, registers.widest());
        put(into, done, width, registers.access().read(offset + done, width));
        done += width;
      }
    } catch (ErrnoException refusal) {
      throw unitRefused(refusal);
    }
  }

  private void writeUnits(Region.Registers registers, long position, MemorySegment from) {
    long size = from.byteSize();
    long offset = offset(position);
    check(registers, Region.WRITE, position, size);
    try {
      for (long done = 0; done < size; ) {
        int width = width(offset + done, size - done, registers.widest());
        registers.access().write(offset + done, width, get(from, done, width));
        done += width;
      }
    } catch (ErrnoException refusal) {
      throw unitRefused(refusal);
    }
  }

  /** The largest naturally aligned unit that begins at {@code offset}. */
  private static int width(long offset, long left, int widest) {
    int width = widest;
    while (width > 1 && (left < width || (offset & (width - 1)) != 0)) {
      width >>= 1;
    }
    return width;
  }

  private static void put(MemorySegment into, long at, int width, long value) {
    switch (width) {
      case 1 -> into.set(ValueLayout.JAVA_BYTE, at, (byte) value);
      case 2 -> into.set(SHORT, at, (short) value);
      case 4 -> into.set(INT, at, (int) value);
      default -> into.set(LONG, at, value);
    }
  }

  private static long get(MemorySegment from, long at, int width) {
    return switch (width) {
      case 1 -> Byte.toUnsignedLong(from.get(ValueLayout.JAVA_BYTE, at));
      case 2 -> Short.toUnsignedLong(from.get(SHORT, at));
      case 4 -> Integer.toUnsignedLong(from.get(INT, at));
      default -> from.get(LONG, at);
    };
  }

  private @Nullable Region find(long position) {
    int index = position < 0 ? -1 : device.layout().index(position);
    return index < 0 ? null : device.region(index);
  }

  private long offset(long position) {
    return position - device.layout().offset(device.layout().index(position));
  }

  private MemorySegment slice(Region.Memory memory, long position, long size, int direction) {
    check(memory, direction, position, size);
    return memory.access().segment().asSlice(offset(position), size);
  }

  /** Before anything of the user's size is allocated, too. */
  private void check(@Nullable Region region, int direction, long position, long size) {
    if (region == null || (region.flags() & direction) == 0) {
      throw outside(position, size);
    }
    long reach = region instanceof Region.Registers registers ? registers.reach() : region.size();
    if (size > reach - offset(position)) {
      throw outside(position, size);
    }
  }

  private ErrnoException outside(long position, long size) {
    return new ErrnoException(
        device.accessPolicy().outside(),
        String.format("no region takes an access of %d bytes at 0x%x", size, position));
  }

  /** The sample drivers and stock users know one answer to a unit that is refused. */
  private static ErrnoException unitRefused(ErrnoException refusal) {
    return refusal.errno() == Errno.EFAULT
        ? refusal
        : new ErrnoException(Errno.EFAULT, String.valueOf(refusal.getMessage()), refusal);
  }

  private static MemorySegment heap(long size) {
    return size > Integer.MAX_VALUE - 8
        ? Arena.ofAuto().allocate(size)
        : MemorySegment.ofArray(new byte[(int) size]);
  }
}
