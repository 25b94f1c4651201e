package org.mdev4j.vfio.dma;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.lifetime.FailureListener;

/**
 * The address space of one container: the type 1 IOMMU for emulated devices ({@code spec/vfio.md}
 * 5).
 *
 * <p>The user {@linkplain #map maps} memory and {@linkplain #unmap takes} it back; devices
 * {@linkplain #attach attach} and then pin pages or copy. Mappings never overlap, and their number
 * and {@link #available} add up to the limit.
 *
 * <h2>Thread safety</h2>
 *
 * One lock guards everything that changes: mappings, pins, tracking, the attached devices. It is
 * never held while a call blocks in the user's memory, while a listener runs, or while an unmap
 * waits. So a device or a user that waits delays no other.
 *
 * <p>Copies and pins find their mapping without the lock, in a concurrent tree, and pass its gate;
 * while they are inside, they may block in the user's memory. Unmapping waits for pins under way,
 * so that it can ask for them back, closes the gate under the lock, and then waits, without the
 * lock, for the accesses inside; see {@link Unmapping}. When {@link #unmap} has returned, no device
 * touches the memory. {@link #info} and {@link #available} take no lock.
 *
 * <p>Calls that wait are not interruptible; an interrupt is kept for the caller.
 *
 * <p>Order: this lock, then the monitor of {@link HostMemory}.
 */
// Not final: tests of interleavings override a package-private step to plant a bug.
public class DmaSpace implements AutoCloseable {
  private final HostMemory memory;
  private final int entryLimit;
  private final boolean v2;
  private final FailureListener failures;
  private final Lock lock = new ReentrantLock();
  private final Condition fetchesEnded = lock.newCondition();
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
    this(memory, entryLimit, v2, FailureListener.NONE);
  }

  /**
   * @param memory where pinned pages get their host addresses
   * @param entryLimit the most mappings
   * @param v2 whether it is of version 2, which cuts no mapping, pins, and tracks dirty pages
   * @param failures is told of a device that breaks when it is asked to unpin
   */
  public DmaSpace(HostMemory memory, int entryLimit, boolean v2, FailureListener failures) {
    this.memory = memory;
    this.entryLimit = entryLimit;
    this.v2 = v2;
    this.failures = failures;
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

  /** How many mappings can be made yet. One that is being unmapped still counts as a mapping. */
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
   * MAP_DMA. Never waits for a device or for an unmap under way.
   *
   * @throws ErrnoException {@code EINVAL}, {@code EEXIST} if an address is mapped already or its
   *     UNMAP_DMA has not returned yet, {@code ENOSPC} if there are too many mappings, {@code
   *     ENOENT} for an update of nothing, {@code ENOMEM}; nothing is mapped then
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
            Errno.EEXIST,
            request.range()
                + (there.isClosed() ? " is still being unmapped: " : " overlaps the mapping ")
                + there.range());
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
   * UNMAP_DMA. Calls listeners for mappings that are pinned, and waits for copies and pins that
   * devices have under way. Until it returns, the ranges of the mappings are taken: {@link #map}
   * refuses them, and another unmap of them waits for the accesses, too, and frees them when it
   * returns. Everything else goes on. What is mapped in the range meanwhile stays.
   *
   * <p>A device whose listener throws is broken from then on: its pins are taken back, and {@link
   * DeviceDma} refuses it with {@code EIO} until it is opened anew.
   *
   * @return the number of bytes unmapped, unsigned, modulo 2^64; without those that another call
   *     unmapped at the same time
   * @throws ErrnoException {@code EINVAL}, {@code EFAULT} for a bad bitmap; {@code EBUSY} for
   *     VADDR, or if a mapping stays pinned: it is left, and lower ones in the range are gone
   */
  public long unmap(DmaUnmap request) {
    DmaRules.check(request);
    return new Unmapping(this, mappings, request).run();
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

  /** Attaches a device without a name. See {@link #attach(String, UnmapListener)}. */
  public DeviceDma attach(@Nullable UnmapListener listener) {
    return attach("a device", listener);
  }

  /**
   * A device was opened that may use the user's memory until it is {@linkplain DeviceDma#close
   * closed}.
   *
   * @param name the device's name, for messages
   * @param listener called when pinned memory is unmapped; null if the device pins none
   * @throws ErrnoException {@code EINVAL} if the address space is closed
   */
  public DeviceDma attach(String name, @Nullable UnmapListener listener) {
    lock.lock();
    try {
      checkOpen();
      AttachedDevice device = newDevice(name, mappings, listener);
      devices.add(device);
      return device;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The last group has left: every mapping goes, and nothing can be mapped or attached from now on.
   * Devices that are still attached lose their pins; copies and pins under way are waited for. A
   * second close waits for them, too.
   */
  @Override
  public void close() {
    List<DmaMapping> leaving;
    lock.lock();
    try {
      closed = true;
      devices.forEach(AttachedDevice::detached);
      devices.clear();
      leaving = mappings.startingIn(IovaRange.ALL);
      leaving.forEach(DmaMapping::close);
    } finally {
      lock.unlock();
    }
    leaving.forEach(this::drain);
    remove(leaving);
  }

  Lock lock() {
    return lock;
  }

  AttachedDevice newDevice(String name, MappingTree tree, @Nullable UnmapListener listener) {
    return new AttachedDevice(name, this, tree, listener);
  }

  void detach(AttachedDevice device) {
    lock.lock();
    try {
      devices.remove(device);
      device.detached();
    } finally {
      lock.unlock();
    }
  }

  /** Those who may have pinned pages. Called with the lock held. */
  Collection<AttachedDevice> devices() {
    return devices;
  }

  FailureListener failures() {
    return failures;
  }

  /** Waits until no device works on {@code mapping}, which is closed. Called without the lock. */
  void drain(DmaMapping mapping) {
    mapping.drain();
  }

  /** Waits for the pins under way in a mapping. Called with the lock held once. */
  void awaitFetches(DmaMapping mapping) {
    mapping.awaitFetches(fetchesEnded);
  }

  /** Ends the fetching of pages in these mappings, one for each. */
  void endFetches(List<DmaMapping> fetched) {
    lock.lock();
    try {
      fetched.forEach(mapping -> mapping.endFetch(fetchesEnded));
    } finally {
      lock.unlock();
    }
  }

  /** Ends the unmapping of drained mappings: their ranges can be mapped again. */
  void remove(List<DmaMapping> drained) {
    lock.lock();
    try {
      drained.forEach(mappings::remove);
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

  /** What UNMAP_DMA checks against the present mappings. Called with the lock held. */
  void checkUnmap(DmaUnmap request) {
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

  private void startTracking() {
    if (tracking) {
      return;
    }
    try {
      mappings.openIn(IovaRange.ALL).forEach(DmaMapping::startLog);
      tracking = true;
    } finally {
      if (!tracking) {
        stopTracking();
      }
    }
  }

  private void stopTracking() {
    tracking = false;
    mappings.openIn(IovaRange.ALL).forEach(DmaMapping::stopLog);
  }

  private void report(IovaRange range, UserBitmap bitmap) {
    checkTracking();
    checkCutsNothing(range);
    bitmap.checkWritable(range.pages());
    mappings.openIn(range).forEach(mapping -> mapping.report(bitmap, range.first()));
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
