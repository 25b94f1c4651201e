package org.mdev4j.vfiouser.server;

import java.util.BitSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfiouser.posix.ClientFile;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/**
 * DMA_MAP and DMA_UNMAP ({@code spec/vfio-user.md} 3.1, 3.2): keeps what the client has mapped, and
 * maps it into the device's address space.
 *
 * <p>Used by the session's thread only.
 */
final class DmaCommands implements AutoCloseable {
  private static final int READ_WRITE = DmaMap.READ | DmaMap.WRITE;
  private static final int MMAP = 4;
  private static final int FILE_IO = 8;
  private static final int BITMAP_SIZE = DmaUnmap.SIZE + 16;

  private final DmaSpace space;
  private final RemoteCalls calls;
  private final ServerLimits limits;
  private final DirtyLog log;
  private final TreeMap<Long, GuestRegion> regions = new TreeMap<>(Long::compareUnsigned);

  DmaCommands(DmaSpace space, RemoteCalls calls, ServerLimits limits) {
    this.space = space;
    this.calls = calls;
    this.limits = limits;
    log = new DirtyLog(space, limits);
  }

  /** The log of what the device writes there. */
  DirtyLog log() {
    return log;
  }

  /** The region in which an address is, or null. */
  @Nullable GuestRegion at(long address) {
    var below = regions.floorEntry(address);
    return below != null && below.getValue().contains(address) ? below.getValue() : null;
  }

  /** Bytes of all regions together; not more than can be counted. */
  long total() {
    return regions.values().stream().mapToLong(GuestRegion::size).sum();
  }

  /** DMA_MAP. */
  void map(Message request, Reply reply) {
    request.require(DmaMap.SIZE);
    if (request.unsigned(0) < DmaMap.SIZE) {
      throw invalid("argsz " + request.unsigned(0) + " is less than " + DmaMap.SIZE);
    }
    int flags = request.u32(4);
    long size = request.u64(24);
    boolean withFile = !request.descriptors().isEmpty();
    checkFlags(flags, withFile);
    if (Long.compareUnsigned(size, limits.dmaRegionSize()) > 0) {
      throw new ErrnoException(Errno.ENOSPC, "a region of 0x%x bytes is too large".formatted(size));
    }
    long iova = request.u64(16);
    long offset = request.u64(8);
    if (size == 0 || Long.compareUnsigned(iova + size - 1, iova) < 0) {
      throw invalid("0x%x bytes at 0x%x".formatted(size, iova));
    }
    if (withFile && (offset < 0 || offset > Long.MAX_VALUE - size)) {
      throw invalid("0x%x bytes at 0x%x of a file".formatted(size, offset));
    }
    ClientFile file = withFile ? new ClientFile(request.descriptors().removeFirst()) : null;
    try {
      GuestRegion region =
          new GuestRegion(
              iova,
              size,
              flags & READ_WRITE,
              file == null ? 0 : offset,
              file == null ? null : file.identity(),
              file,
              new BitSet());
      if (!add(region, (flags & FILE_IO) != 0)) {
        region.release();
      }
    } catch (RuntimeException refused) {
      if (file != null) {
        file.close();
      }
      throw refused;
    }
  }

  private static void checkFlags(int flags, boolean withFile) {
    int access = flags & (MMAP | FILE_IO);
    if ((flags & ~(READ_WRITE | MMAP | FILE_IO)) != 0
        || access == (MMAP | FILE_IO)
        || (access != 0 && !withFile)) {
      throw invalid("flags 0x%x %s a file".formatted(flags, withFile ? "with" : "without"));
    }
  }

  /** Whether the region is new; the very same may be mapped again. */
  private boolean add(GuestRegion region, boolean fileIo) {
    GuestRegion there = regions.get(region.iova());
    if (there != null && there.isSame(region)) {
      return false;
    }
    if (there != null && there.isAt(region.iova(), region.size())) {
      throw invalid("other memory is mapped at 0x%x already".formatted(region.iova()));
    }
    checkOverlap(region);
    if (regions.size() >= limits.dmaRegions()) {
      throw invalid("there are " + regions.size() + " regions already");
    }
    log.checkRoom(total() + region.size());
    GuestMemory memory = memory(region, fileIo);
    space.map(new DmaMap(DmaMap.SIZE, region.flags(), memory, 0, region.iova(), region.size()));
    regions.put(region.iova(), region);
    return true;
  }

  private void checkOverlap(GuestRegion region) {
    var below = regions.floorEntry(region.iova() + region.size() - 1);
    if (below != null
        && (below.getValue().contains(region.iova()) || region.contains(below.getKey()))) {
      throw new ErrnoException(
          Errno.EEXIST,
          "0x%x bytes at 0x%x overlap a region".formatted(region.size(), region.iova()));
    }
  }

  private GuestMemory memory(GuestRegion region, boolean fileIo) {
    ClientFile file = region.file();
    if (file == null) {
      return new ClientMemory.Remote(calls, region.iova(), region.size());
    }
    if (fileIo) {
      return new ClientMemory.InFile(file, region.offset(), region.size());
    }
    boolean writable = (region.flags() & DmaMap.WRITE) != 0;
    return GuestMemory.of(file.map(region.offset(), region.size(), writable));
  }

  /** DMA_UNMAP. */
  void unmap(Message request, Reply reply) {
    request.require(DmaUnmap.SIZE);
    long argsz = request.unsigned(0);
    int flags = request.u32(4);
    long iova = request.u64(8);
    long size = request.u64(16);
    if (argsz < DmaUnmap.SIZE || argsz > Header.MAX_TRANSFER) {
      throw invalid("argsz " + argsz);
    }
    switch (flags) {
      case 0 -> {
        remove(find(iova, size));
        reply.copy(request, DmaUnmap.SIZE);
      }
      case DmaUnmap.GET_DIRTY_BITMAP -> unmapWithBitmap(request, reply);
      case DmaUnmap.ALL -> {
        if (iova != 0 || size != 0) {
          throw invalid("ALL leaves no choice of address and size");
        }
        removeAll();
        reply.copy(request, DmaUnmap.SIZE);
      }
      default -> throw invalid("flags 0x" + Integer.toHexString(flags));
    }
  }

  private void unmapWithBitmap(Message request, Reply reply) {
    request.require(BITMAP_SIZE);
    long pageSize = request.u64(24);
    long bitmapSize = request.u64(32);
    long argsz = request.unsigned(0);
    if (Long.compareUnsigned(bitmapSize, Header.MAX_TRANSFER) > 0
        || argsz < BITMAP_SIZE + bitmapSize) {
      throw invalid("argsz %d for a bitmap of 0x%x bytes".formatted(argsz, bitmapSize));
    }
    GuestRegion region = find(request.u64(8), request.u64(16));
    long needed = DirtyLog.bitmapSize(region.size(), pageSize);
    if (bitmapSize != needed) {
      throw invalid("a bitmap of 0x%x bytes, not 0x%x".formatted(bitmapSize, needed));
    }
    log.checkReport(region, pageSize);
    reply.copy(request, BITMAP_SIZE);
    reply.setLength(BITMAP_SIZE + (int) needed);
    log.report(region, pageSize, reply.data(BITMAP_SIZE, (int) needed));
    remove(region);
  }

  private GuestRegion find(long iova, long size) {
    GuestRegion region = regions.get(iova);
    if (region == null || !region.isAt(iova, size)) {
      throw new ErrnoException(
          Errno.ENOENT, "no region of 0x%x bytes is at 0x%x".formatted(size, iova));
    }
    return region;
  }

  private void remove(GuestRegion region) {
    space.unmap(new DmaUnmap(DmaUnmap.SIZE, 0, region.iova(), region.size(), null));
    regions.remove(region.iova());
    region.release();
  }

  private void removeAll() {
    space.unmap(new DmaUnmap(DmaUnmap.SIZE, DmaUnmap.ALL, 0, 0, null));
    regions.values().forEach(GuestRegion::release);
    regions.clear();
  }

  /** Gives the client's memory back, once the address space is closed and its channel shut down. */
  @Override
  public void close() {
    calls.close();
    regions.values().forEach(GuestRegion::release);
    regions.clear();
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
