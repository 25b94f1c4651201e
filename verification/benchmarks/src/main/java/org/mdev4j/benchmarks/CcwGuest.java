package org.mdev4j.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.GuestMemory;

/**
 * A guest's memory with channel programs in it: a NOP, and reads through lists of IDAWs into pages
 * that don't follow each other.
 */
final class CcwGuest {
  static final int PAGE = 4096;

  /** The command that reads, of the device that {@link OpenCcw} has. */
  static final int READ = 0x02;

  private static final int IOVA = 1 << 20;
  private static final int PROGRAMS = IOVA;
  private static final int LISTS = IOVA + 0x8000;
  private static final int SLOT = 0x100;
  private static final int DATA = IOVA + 0x10000;
  private static final int SIZE = 1 << 20;
  private static final int PAGES_OF_A_CCW = 8;

  private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, PAGE);

  void map(DmaSpace space) {
    int flags = DmaMap.READ | DmaMap.WRITE;
    space.map(new DmaMap(DmaMap.SIZE, flags, GuestMemory.of(memory), 0, IOVA, SIZE));
  }

  /** An ORB for a NOP. */
  Orb nop() {
    put(PROGRAMS, new Ccw(0x03, 0, 0, 0).toFormat1());
    return orb(PROGRAMS);
  }

  /** An ORB for a read of 1 to 16 pages, if the device has that much to give, or more. */
  Orb read(int pages) {
    int start = PROGRAMS + SLOT * pages;
    int program = start;
    int list = LISTS + SLOT * pages;
    for (int left = pages; left > 0; left -= PAGES_OF_A_CCW) {
      int now = Math.min(left, PAGES_OF_A_CCW);
      int flags = Ccw.INDIRECT | (left > now ? Ccw.CHAIN_DATA : Ccw.SUPPRESS_LENGTH);
      put(program, new Ccw(READ, flags, now * PAGE, list).toFormat1());
      program += Ccw.SIZE;
      for (int i = 0; i < now; i++) {
        put(list, DATA + 2L * PAGE * (pages - left + i));
        list += Long.BYTES;
      }
    }
    return orb(start);
  }

  /** A page that {@link #read} reads into. */
  MemorySegment page(int index) {
    return memory.asSlice(DATA - IOVA + 2L * PAGE * index, PAGE);
  }

  private void put(int iova, long word) {
    BigEndian.doubleword(memory, iova - IOVA, word);
  }

  private static Orb orb(int cpa) {
    return new Orb(0, Orb.FORMAT_1 | Orb.PREFETCH | Orb.FORMAT_2_IDAW | 0x8000, cpa);
  }
}
