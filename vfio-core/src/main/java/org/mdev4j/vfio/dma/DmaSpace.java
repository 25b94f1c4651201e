package org.mdev4j.vfio.dma;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;

/**
 * The address space of one container: the type 1 IOMMU for emulated devices ({@code spec/vfio.md}
 * 5).
 *
 * <p>The user {@linkplain #map maps} memory and {@linkplain #unmap takes} it back; devices
 * {@linkplain #attach attach} and then pin pages or copy. Mappings never overlap, and their number
 * and {@link #available} add up to the limit.
 *
 * <h2>Unmapping what is pinned</h2>
 *
 * <pre>
 *            none pinned                        unpinned
 *   mapped ----------------> gone <-----------------------------+
 *     |                                                         |
 *     | pinned     +----------------------------------+         |
 *     +----------> | call the listeners, without lock | --------+
 *                  +----------------------------------+
 *                     | ^ still pinned, start over  | still pinned after 10 times
 *                     +-+                           +----------> mapped, EBUSY
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * One lock for everything that changes: mappings, pins, tracking, the attached devices. It is held
 * while {@link GuestMemory#pin} blocks, so an unmap waits for a pin under way; it is not held while
 * a listener runs. Copies of devices take no lock: they look the mapping up in a concurrent tree
 * and keep it from going while they work on it; removing a mapping takes it out of the tree first
 * and then, with the lock held, waits for the copies that found it before. When {@link #unmap} has
 * returned, nobody touches the memory. {@link #info}, {@link #available} take no lock.
 *
 * <p>Order: this lock, then the gate of a mapping, then the monitor of {@link HostMemory}.
 */
public final class DmaSpace implements AutoCloseable {
  private static final int UNMAP_TRIES = 10;

  private final HostMemory memory;
  private final int entryLimit;
  private final boolean v2;
  private final Lock lock = new ReentrantLock();
  private final MappingTree mappings = new MappingTree();
  private final Set<AttachedDevice> devices = new LinkedHashSet<>();
  private boolean tracking;
  private boolean closed;

  /**
   * @param memory where pinned pages get their host addresses
   * @param entryLimit the most mappings
   * @param v2 whether it is of version 2, which cuts no mapping, pins, and tracks dirty pages
   */
  public DmaSpace(HostMemory memory, int entryLimit, boolean v2) {
    this.memory = memory;
    this.entryLimit = entryLimit;
    this.v2 = v2;
  }

  /**
   * GET_INFO.
   *
   * @throws ErrnoException {@code EINVAL} if {@code argsz} is too small
   */
  public DmaInfo info(int argsz) {
    DmaRules.checkArgsz(argsz, DmaInfo.MIN_SIZE);
    return DmaInfo.of(argsz, available());
  }

  /** How many mappings can be made yet. */
  public int available() {
    return entryLimit - mappings.count();
  }

  /** How many pages are pinned, each counted once. */
  public int pinnedPages() {
    lock.lock();
    try {
      return mappings.startingIn(IovaRange.ALL).stream()
          .mapToInt(of -> of.pins().all().size())
          .sum();
    } finally {
      lock.unlock();
    }
  }

  /**
   * MAP_DMA.
   *
   * @throws ErrnoException {@code EINVAL}, {@code EEXIST} if an address is mapped already, {@code
   *     ENOSPC} if there are too many mappings, {@code ENOENT} for an update of nothing, {@code
   *     ENOMEM}; nothing is mapped then
   */
  public void map(DmaMap request) {
    DmaRules.check(request);
    lock.lock();
    try {
      checkOpen();
      DmaMapping there = mappings.firstIn(request.range());
      if (request.has(DmaMap.VADDR)) {
        throw refuseUpdate(there);
      }
      if (there != null) {
        throw new ErrnoException(
            Errno.EEXIST, request.range() + " overlaps the mapping " + there.range());
      }
      if (available() <= 0) {
        throw new ErrnoException(Errno.ENOSPC, "there are " + entryLimit + " mappings already");
      }
      DmaMapping mapping = new DmaMapping(request, memory);
      if (tracking) {
        mapping.startLog();
      }
      mappings.add(mapping);
    } finally {
      lock.unlock();
    }
  }

  /**
   * UNMAP_DMA. Waits for copies that devices have under way in the mappings, and calls listeners
   * for those that are pinned.
   *
   * @return the number of bytes unmapped, unsigned, modulo 2^64
   * @throws ErrnoException {@code EINVAL}, {@code EFAULT} for a bad bitmap; {@code EBUSY} for
   *     VADDR, or if a mapping stays pinned: it is left, and lower ones in the range are gone
   */
  public long unmap(DmaUnmap request) {
    DmaRules.check(request);
    long unmapped = 0;
    DmaMapping asked = null;
    int tries = 0;
    while (true) {
      List<AttachedDevice> listeners;
      lock.lock();
      try {
        checkUnmap(request);
        DmaMapping next = nextToUnmap(request);
        while (next != null && next.pins().isEmpty()) {
          remove(next, request);
          unmapped += next.range().size();
          next = nextToUnmap(request);
        }
        if (next == null) {
          return unmapped;
        }
        tries = next == asked ? tries + 1 : 1;
        asked = next;
        if (tries > UNMAP_TRIES) {
          throw new ErrnoException(
              Errno.EBUSY, "the device does not unpin its pages in mapping " + asked.range());
        }
        listeners = devices.stream().filter(AttachedDevice::listens).toList();
      } finally {
        lock.unlock();
      }
      for (AttachedDevice device : listeners) {
        device.notifyUnmap(asked.range());
      }
    }
  }

  /**
   * DIRTY_PAGES.
   *
   * @throws ErrnoException {@code EACCES} in version 1, {@code EINVAL}, {@code EFAULT} for a bad
   *     bitmap, {@code ENOMEM}
   */
  public void dirtyPages(DirtyPages request) {
    if (!v2) {
      throw new ErrnoException(Errno.EACCES, "version 1 does not track dirty pages");
    }
    DmaRules.check(request);
    lock.lock();
    try {
      checkOpen();
      switch (request.flags()) {
        case DirtyPages.START -> startTracking();
        case DirtyPages.STOP -> stopTracking();
        default -> report(request.range(), DmaRules.given(request.bitmap()));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A device was opened that may use the user's memory until it is {@linkplain DeviceDma#close
   * closed}.
   *
   * @param listener called when pinned memory is unmapped; null if the device pins none
   * @throws ErrnoException {@code EINVAL} if the address space is closed
   */
  public DeviceDma attach(@Nullable UnmapListener listener) {
    lock.lock();
    try {
      checkOpen();
      AttachedDevice device = new AttachedDevice(this, mappings, listener);
      devices.add(device);
      return device;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The last group has left: every mapping goes, and nothing can be mapped or attached from now on.
   * Devices that are still attached lose their pins. A second close does nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      devices.forEach(AttachedDevice::giveUpPins);
      devices.clear();
      for (DmaMapping mapping : mappings.startingIn(IovaRange.ALL)) {
        mappings.remove(mapping);
        mapping.close();
      }
    } finally {
      lock.unlock();
    }
  }

  Lock lock() {
    return lock;
  }

  void detach(AttachedDevice device) {
    lock.lock();
    try {
      devices.remove(device);
      device.giveUpPins();
    } finally {
      lock.unlock();
    }
  }

  /** Whether pages can be pinned at all. Called with the lock held. */
  void checkPinning() {
    if (!v2) {
      throw new ErrnoException(Errno.EACCES, "version 1 does not pin pages");
    }
    if (devices.stream().noneMatch(AttachedDevice::listens)) {
      throw DmaRules.invalid("no open device would let go of the pages when they are unmapped");
    }
  }

  private void checkUnmap(DmaUnmap request) {
    checkOpen();
    IovaRange range = request.range();
    if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
      checkTracking();
    }
    if (v2 && !request.has(DmaUnmap.ALL)) {
      checkCutsNothing(range);
    }
    if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
      DmaRules.given(request.bitmap()).checkWritable(range.pages());
    }
  }

  /** The lowest mapping to go, or null. Version 1 takes none if the range begins inside one. */
  private @Nullable DmaMapping nextToUnmap(DmaUnmap request) {
    IovaRange range = request.range();
    DmaMapping first = mappings.firstIn(range);
    return first != null && range.contains(first.range().first()) ? first : null;
  }

  private void remove(DmaMapping mapping, DmaUnmap request) {
    mappings.remove(mapping);
    mapping.close();
    if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
      mapping.report(DmaRules.given(request.bitmap()), request.iova());
    }
  }

  private void startTracking() {
    if (tracking) {
      return;
    }
    try {
      mappings.startingIn(IovaRange.ALL).forEach(DmaMapping::startLog);
      tracking = true;
    } finally {
      if (!tracking) {
        stopTracking();
      }
    }
  }

  private void stopTracking() {
    tracking = false;
    mappings.startingIn(IovaRange.ALL).forEach(DmaMapping::stopLog);
  }

  private void report(IovaRange range, UserBitmap bitmap) {
    checkTracking();
    checkCutsNothing(range);
    bitmap.checkWritable(range.pages());
    mappings.startingIn(range).forEach(mapping -> mapping.report(bitmap, range.first()));
  }

  private void checkTracking() {
    if (!tracking) {
      throw DmaRules.invalid("dirty pages are not tracked");
    }
  }

  private void checkCutsNothing(IovaRange range) {
    DmaMapping cut = mappings.cutBy(range);
    if (cut != null) {
      throw DmaRules.invalid(range + " would cut the mapping " + cut.range());
    }
  }

  private static ErrnoException refuseUpdate(@Nullable DmaMapping there) {
    return there == null
        ? new ErrnoException(Errno.ENOENT, "there is no mapping to update")
        : DmaRules.invalid("the memory of the mapping " + there.range() + " was not taken away");
  }

  private void checkOpen() {
    if (closed) {
      throw DmaRules.invalid("the container has no IOMMU any more");
    }
  }
}
