package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.GuestMemory;

/**
 * A user's address space with 1 MiB of memory, a device at it, and the host's memory that its
 * programs are translated into. Closing it checks that nothing is pinned or allocated any more.
 */
final class Bench implements AutoCloseable {
  static final int IOVA = 0x100000;
  static final int SIZE = 1 << 20;
  static final int PAGE = DeviceDma.PAGE_SIZE;

  /** Format 1, IDAWs of format 2. */
  static final int FORMAT_1 = Orb.FORMAT_1 | Orb.PREFETCH | Orb.FORMAT_2_IDAW | 0x8000;

  /** Format 0, IDAWs of format 2. */
  static final int FORMAT_0 = FORMAT_1 & ~Orb.FORMAT_1;

  final Host host = Host.builder().withoutDiscovery().start();
  final DmaSpace space = new DmaSpace(host.memory(), 64, true);
  final DeviceDma dma = space.attach((_, _) -> {});
  final MemorySegment memory = Arena.ofAuto().allocate(SIZE, PAGE);

  Bench() {
    this(DmaMap.READ | DmaMap.WRITE);
  }

  /** The memory can be used as {@code prot} says. */
  Bench(int prot) {
    map(IOVA, GuestMemory.of(memory), prot);
  }

  void map(long iova, GuestMemory what, int prot) {
    space.map(new DmaMap(DmaMap.SIZE, prot, what, 0, iova, what.size()));
  }

  /** Puts a format-1 program at an IOVA. */
  void program(int iova, Ccw... ccws) {
    for (int i = 0; i < ccws.length; i++) {
      doubleword(iova + Ccw.SIZE * i, ccws[i].toFormat1());
    }
  }

  /** Puts a list of IDAWs, or a CCW, at an IOVA. */
  void doubleword(int iova, long... words) {
    for (int i = 0; i < words.length; i++) {
      BigEndian.doubleword(memory, iova - IOVA + (long) Long.BYTES * i, words[i]);
    }
  }

  static Orb orb(int cpa) {
    return new Orb(0x11223344, FORMAT_1, cpa);
  }

  /** Puts a format-1 program at the begin of the memory and translates it. */
  ChannelProgram translate(Ccw... ccws) {
    program(IOVA, ccws);
    return translate(orb(IOVA));
  }

  ChannelProgram translate(Orb orb) {
    return ChannelProgram.translate(orb, dma, host.memory());
  }

  /** The host's CCW {@code index} places behind the first of the program. */
  Ccw ccw(ChannelProgram program, int index) {
    return ccwAt(program.hostOrb(0, 0).cpa() + Ccw.SIZE * index);
  }

  Ccw ccwAt(int hostAddress) {
    return Ccw.format1(hostWord(hostAddress));
  }

  /** An IDAW of a host's CCW. */
  long idaw(Ccw ccw, int index) {
    assertThat(ccw.has(Ccw.INDIRECT)).as("%s", ccw).isTrue();
    return hostWord(ccw.address() + (long) Long.BYTES * index);
  }

  /** What the host finds at the address in an IDAW, as an offset in the user's memory. */
  long placeOf(long idaw) {
    MemorySegment found = host.memory().resolve(idaw, 1);
    return found.address() - memory.address();
  }

  private long hostWord(long address) {
    return BigEndian.doubleword(host.memory().resolve(address, Long.BYTES), 0);
  }

  void assertNothingHeld() {
    assertThat(space.pinnedPages()).as("pinned pages").isZero();
    assertThat(host.memory().inUse()).as("buffers of the host").isZero();
  }

  @Override
  public void close() {
    assertNothingHeld();
    dma.close();
    space.close();
    host.close();
  }
}
