package org.mdev4j.sim.css.channel;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;

/**
 * Host memory as a channel program sees it: with the address limits of the program's format, and
 * with checks instead of exceptions.
 *
 * <p>Stateless; the contents are whoever's they are.
 */
final class ChannelMemory {
  private static final long LIMIT_24 = 1L << 24;
  private static final long LIMIT_31 = 1L << 31;

  private final HostMemory memory;
  private final boolean format1;
  private final boolean longIdaws;
  private final long block;

  ChannelMemory(HostMemory memory, Orb orb) {
    this.memory = memory;
    this.format1 = orb.has(Orb.FORMAT_1);
    this.longIdaws = orb.has(Orb.FORMAT_2_IDAW);
    this.block = longIdaws && !orb.has(Orb.IDAW_2K) ? 4096 : 2048;
  }

  boolean format1() {
    return format1;
  }

  /**
   * The CCW at {@code address}.
   *
   * @throws ChannelCheck program check if it is not on a doubleword, too high, or not there
   */
  Ccw fetch(long address) {
    if ((address & 7) != 0) {
      throw programCheck("no doubleword at %x", address);
    }
    long bytes = BigEndian.doubleword(resolve(address, Ccw.SIZE, limit()), 0);
    return format1 ? Ccw.format1(bytes) : Ccw.format0(bytes);
  }

  /** What is wrong with the address of {@code ccw}, whatever its command. */
  void checkAddress(Ccw ccw) {
    if (format1 && ccw.address() < 0) {
      throw programCheck("address %x has bit 0 on", ccw.address() & 0xFFFF_FFFFL);
    }
    if (ccw.has(Ccw.INDIRECT) && (ccw.address() & (idawSize() - 1)) != 0) {
      throw programCheck("no list of IDAWs at %x", ccw.address());
    }
  }

  /**
   * The piece of the data area of {@code ccw} from {@code position} on that lies together.
   *
   * @param length bytes wanted
   * @return a segment of 1 to {@code length} bytes
   * @throws ChannelCheck program check for what is not there
   */
  MemorySegment data(Ccw ccw, long position, long length) {
    if (!ccw.has(Ccw.INDIRECT)) {
      return resolve((ccw.address() & 0xFFFF_FFFFL) + position, length, limit());
    }
    long first = idaw(ccw, 0);
    long offset = (first & block - 1) + position;
    long index = offset / block;
    long inBlock = offset % block;
    long start = first & -block;
    if (index > 0) {
      start = idaw(ccw, index);
      if ((start & block - 1) != 0) {
        throw programCheck("IDAW %d is not at the begin of a block", index);
      }
    }
    long limit = longIdaws ? Long.MAX_VALUE : LIMIT_31;
    return resolve(start + inBlock, Math.min(length, block - inBlock), limit);
  }

  private long idaw(Ccw ccw, long index) {
    long at = (ccw.address() & 0xFFFF_FFFFL) + index * idawSize();
    MemorySegment word = resolve(at, idawSize(), limit());
    return longIdaws ? BigEndian.doubleword(word, 0) : BigEndian.word(word, 0) & 0xFFFF_FFFFL;
  }

  private int idawSize() {
    return longIdaws ? 8 : 4;
  }

  private long limit() {
    return format1 ? LIMIT_31 : LIMIT_24;
  }

  private MemorySegment resolve(long address, long length, long limit) {
    if (address < 0 || address > limit - length) {
      throw programCheck("address %x is beyond the limit", address);
    }
    try {
      return memory.resolve(address, length);
    } catch (ErrnoException absent) {
      throw programCheck("no storage at %x", address);
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is in a library that is not used here
  static ChannelCheck programCheck(String format, Object... values) {
    return new ChannelCheck(Scsw.PROGRAM_CHECK, String.format(format, values));
  }
}
