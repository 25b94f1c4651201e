package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostMemory;

/** An address space to test, 64 pages of memory to map, and the calls in short. */
final class Space implements AutoCloseable {
  static final long PAGE = 4096;
  static final int READ = DmaMap.READ;
  static final int WRITE = DmaMap.WRITE;
  static final int RW = READ | WRITE;
  static final long LAST_PAGE = -PAGE;
  static final int LIMIT = 100;

  private final Host host = Host.builder().withoutDiscovery().start();
  final DmaSpace dma;
  final List<String> failures = new CopyOnWriteArrayList<>();
  final MemorySegment segment = Arena.ofAuto().allocate(64 * PAGE);
  final GuestMemory memory = GuestMemory.of(segment);

  private Space(boolean v2) {
    dma =
        new DmaSpace(
            host.memory(), LIMIT, v2, (what, failure) -> failures.add(what + ": " + failure));
  }

  static Space v1() {
    return new Space(false);
  }

  static Space v2() {
    return new Space(true);
  }

  HostMemory hostMemory() {
    return host.memory();
  }

  /** Maps {@code pages} pages of the memory from its start, for reading and writing. */
  void map(long iova, long pages) {
    map(iova, pages, RW);
  }

  void map(long iova, long pages, int prot) {
    map(iova, pages, prot, memory, 0);
  }

  void map(long iova, long pages, int prot, GuestMemory what, long vaddr) {
    dma.map(new DmaMap(DmaMap.SIZE, prot, what, vaddr, iova, pages * PAGE));
  }

  long unmap(long iova, long size) {
    return dma.unmap(new DmaUnmap(DmaUnmap.SIZE, 0, iova, size, null));
  }

  long unmapAll() {
    return dma.unmap(new DmaUnmap(DmaUnmap.SIZE, DmaUnmap.ALL, 0, 0, null));
  }

  long unmapTelling(long iova, long pages, UserBitmap bitmap) {
    return dma.unmap(new DmaUnmap(48, DmaUnmap.GET_DIRTY_BITMAP, iova, pages * PAGE, bitmap));
  }

  void startTracking() {
    dma.dirtyPages(new DirtyPages(DirtyPages.SIZE, DirtyPages.START, 0, 0, null));
  }

  void stopTracking() {
    dma.dirtyPages(new DirtyPages(DirtyPages.SIZE, DirtyPages.STOP, 0, 0, null));
  }

  void getDirty(long iova, long pages, UserBitmap bitmap) {
    dma.dirtyPages(new DirtyPages(48, DirtyPages.GET, iova, pages * PAGE, bitmap));
  }

  /** The dirty pages of a range, counted from its start. */
  List<Long> dirty(long iova, long pages) {
    UserBitmap bitmap = bitmap(pages);
    getDirty(iova, pages, bitmap);
    return bitsOf(bitmap);
  }

  static UserBitmap bitmap(long pages) {
    long size = (pages + 63) / 64 * 8;
    return new UserBitmap(PAGE, size, Arena.ofAuto().allocate(size));
  }

  static List<Long> bitsOf(UserBitmap bitmap) {
    List<Long> bits = new ArrayList<>();
    for (long bit = 0; bit < 8 * bitmap.data().byteSize(); bit++) {
      if ((bitmap.data().get(ValueLayout.JAVA_BYTE, bit / 8) >> (bit % 8) & 1) != 0) {
        bits.add(bit);
      }
    }
    return bits;
  }

  /** A device that lets go of everything when it is asked. */
  DeviceDma attachGoodDevice() {
    DeviceDma[] device = new DeviceDma[1];
    device[0] =
        dma.attach(
            (iova, size) -> {
              for (long page = 0; page < size / PAGE; page++) {
                device[0].unpinPages(iova + page * PAGE, 1);
              }
            });
    return device[0];
  }

  static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  static void refused(Errno errno, ThrowingCallable call) {
    ErrnoException refusal = catchThrowableOfType(ErrnoException.class, call);
    assertThat(refusal).as("refused with %s", errno).isNotNull();
    assertThat(refusal.errno()).as(refusal.getMessage()).isEqualTo(errno);
    assertThat(refusal.getMessage()).isNotBlank();
  }

  /** Memory elsewhere: it can be copied, not pinned. */
  static final class Remote implements GuestMemory {
    private final GuestMemory behind;

    Remote(MemorySegment segment) {
      behind = GuestMemory.of(segment);
    }

    @Override
    public long size() {
      return behind.size();
    }

    @Override
    public void read(long offset, MemorySegment into) {
      behind.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from) {
      behind.write(offset, from);
    }
  }

  @Override
  public void close() {
    dma.close();
    assertThat(host.memory().inUse()).as("pages that kept a host address").isZero();
    host.close();
  }
}
