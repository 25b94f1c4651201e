package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Gate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open device at its user's address space: what it has pinned, and whether it may still.
 *
 * <pre>
 *   OPEN --close of the device or of the address space--> CLOSED: EINVAL
 *    |                                                      ^
 *    +--its listener throws--> BROKEN: EIO -----------------+
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * The lock of the {@link DmaSpace} guards the pins and changes of the state. What may block -
 * copies, pins and calls of the listener - runs without the lock, between {@code uses.enter} and
 * {@code uses.leave}; closing takes the pins back under the lock and then waits for these calls.
 *
 * <p>A pin finds all its mappings under the lock, then fetches the pages without the lock. Then it
 * takes the lock again, looks whether the device is still open, and pins all pages at once. An
 * unmap waits for the fetching, so it sees all pins of a call or none.
 */
// Not final: tests of interleavings override a package-private step to plant a bug.
class AttachedDevice implements DeviceDma {
  private static final Logger log = LoggerFactory.getLogger(AttachedDevice.class);

  private enum State {
    OPEN,
    BROKEN,
    CLOSED
  }

  private final String name;
  private final DmaSpace space;
  private final MappingTree mappings;
  private final @Nullable UnmapListener listener;
  private final Map<Pin, Integer> pins = new HashMap<>();
  private final Gate uses = new Gate();
  private volatile State state = State.OPEN;

  AttachedDevice(
      String name, DmaSpace space, MappingTree mappings, @Nullable UnmapListener listener) {
    this.name = name;
    this.space = space;
    this.mappings = mappings;
    this.listener = listener;
  }

  String name() {
    return name;
  }

  boolean listens() {
    return listener != null && state == State.OPEN;
  }

  /** Whether it has pinned pages of {@code mapping}. Called with the lock held. */
  boolean holds(DmaMapping mapping) {
    return mapping.pins().all().stream().anyMatch(pins::containsKey);
  }

  @Override
  public List<PinnedPage> pinPages(long iova, int count, int prot) {
    if (count <= 0) {
      throw DmaRules.invalid("can't pin " + count + " pages");
    }
    enter();
    try {
      return fetchAndPin(begin(iova, count, prot));
    } finally {
      uses.leave();
    }
  }

  @Override
  public void unpinPages(long iova, int count) {
    space.lock().lock();
    try {
      if (state != State.OPEN || count <= 0 || count > MAX_PAGES || !Pages.isAligned(iova)) {
        log.warn(
            "ignored: {} unpins {} pages at 0x{}, state {}",
            name,
            count,
            Long.toHexString(iova),
            state);
        return;
      }
      for (int i = 0; i < count; i++) {
        long offset = i * Pages.SIZE;
        DmaMapping mapping = wraps(iova, offset) ? null : mappings.at(iova + offset);
        if (mapping == null) {
          return;
        }
        Pin pin = mapping.pins().at(iova + offset);
        if (pin != null && pins.containsKey(pin)) {
          drop(pin);
        }
      }
    } finally {
      space.lock().unlock();
    }
  }

  @Override
  public void read(long iova, MemorySegment into) {
    copy(iova, into, false);
  }

  @Override
  public void write(long iova, MemorySegment from) {
    copy(iova, from, true);
  }

  @Override
  public void close() {
    space.detach(this);
    uses.closeAndDrain();
  }

  /** Calls the listener, if there is one and the device is open. One that throws breaks it. */
  void askToUnpin(IovaRange range) {
    if (listener == null || state != State.OPEN || !uses.enter()) {
      return;
    }
    try {
      listener.dmaUnmap(range.first(), range.size());
    } catch (Throwable failure) {
      log.error("{} failed to unpin {}: no DMA until it is opened anew", name, range, failure);
      breakDown();
      space.failures().failed("dmaUnmap of " + name, failure);
    } finally {
      uses.leave();
    }
  }

  /** Takes the device's pins back, for it is closed. Called with the lock held. */
  void detached() {
    takePinsBack();
    state = State.CLOSED;
  }

  private void breakDown() {
    space.lock().lock();
    try {
      if (state == State.OPEN) {
        takePinsBack();
        state = State.BROKEN;
      }
    } finally {
      space.lock().unlock();
    }
  }

  private void takePinsBack() {
    if (!pins.isEmpty()) {
      log.warn("{} has left {} pages pinned; unpinned", name, pins.size());
      pins.forEach(
          (pin, count) -> {
            for (int i = 0; i < count; i++) {
              pin.drop();
            }
          });
      pins.clear();
    }
  }

  /**
   * A pin under way.
   *
   * @param iova the first page
   * @param mappings of the pages that can be fetched, in each of which a fetch has begun
   * @param pages those of them that are pinned already, else null: they need not be fetched
   * @param refusal of the page after these, or null if there is none
   */
  private record Pinning(
      long iova,
      List<DmaMapping> mappings,
      List<@Nullable MemorySegment> pages,
      @Nullable ErrnoException refusal) {}

  /** Finds the mappings of all pages in one step. */
  private Pinning begin(long iova, int count, int prot) {
    List<DmaMapping> found = new ArrayList<>();
    List<@Nullable MemorySegment> pages = new ArrayList<>();
    space.lock().lock();
    try {
      checkOpen();
      if (count > MAX_PAGES) {
        throw new ErrnoException(Errno.E2BIG, count + " pages, more than " + MAX_PAGES);
      }
      space.checkPinning();
      if (!Pages.isAligned(iova)) {
        throw DmaRules.invalid(String.format("0x%x is not the address of a page", iova));
      }
      for (int i = 0; i < count; i++) {
        DmaMapping mapping = beginFetch(iova, i * Pages.SIZE, prot);
        found.add(mapping);
        Pin pinned = mapping.pins().at(iova + i * Pages.SIZE);
        pages.add(pinned == null ? null : pinned.page().segment());
      }
      return new Pinning(iova, found, pages, null);
    } catch (ErrnoException refusal) {
      // Pages before the one that is refused are fetched first, for they may be refused as well.
      return new Pinning(iova, found, pages, refusal);
    } finally {
      space.lock().unlock();
    }
  }

  private DmaMapping beginFetch(long iova, long offset, int prot) {
    DmaMapping mapping = wraps(iova, offset) ? null : mappings.at(iova + offset);
    if (mapping == null) {
      throw notMapped(iova + offset);
    }
    mapping.checkPermits(prot);
    if (!mapping.beginFetch()) {
      throw notMapped(iova + offset);
    }
    return mapping;
  }

  private List<PinnedPage> fetchAndPin(Pinning pinning) {
    try {
      List<MemorySegment> pages = new ArrayList<>();
      for (int i = 0; i < pinning.mappings.size(); i++) {
        MemorySegment known = pinning.pages.get(i);
        pages.add(
            known == null ? pinning.mappings.get(i).page(pinning.iova + i * Pages.SIZE) : known);
      }
      if (pinning.refusal != null) {
        throw pinning.refusal;
      }
      return pin(pinning, pages);
    } finally {
      space.endFetches(pinning.mappings);
    }
  }

  private List<PinnedPage> pin(Pinning pinning, List<MemorySegment> pages) {
    List<Pin> done = new ArrayList<>(pages.size());
    space.lock().lock();
    try {
      checkStillOpen();
      for (int i = 0; i < pages.size(); i++) {
        Pin pin = pinning.mappings.get(i).pin(pinning.iova + i * Pages.SIZE, pages.get(i));
        pins.merge(pin, 1, Integer::sum);
        done.add(pin);
      }
    } catch (Throwable failure) {
      done.forEach(this::drop);
      throw failure;
    } finally {
      space.lock().unlock();
    }
    return done.stream().map(Pin::page).toList();
  }

  /** The device may have been closed, or the last listener, while the pages were fetched. */
  void checkStillOpen() {
    checkOpen();
    space.checkPinning();
  }

  private void drop(Pin pin) {
    pins.computeIfPresent(pin, (_, count) -> count == 1 ? null : count - 1);
    pin.drop();
  }

  private void copy(long iova, MemorySegment buffer, boolean write) {
    if (buffer.byteSize() == 0) {
      throw DmaRules.invalid("no bytes to copy");
    }
    enter();
    try {
      checkOpen();
      long done = 0;
      while (done < buffer.byteSize()) {
        done += copyPart(iova, done, buffer.asSlice(done), write);
      }
    } finally {
      uses.leave();
    }
  }

  private long copyPart(long iova, long done, MemorySegment rest, boolean write) {
    DmaMapping mapping = enterMapping(iova, done);
    try {
      return write ? mapping.write(iova + done, rest) : mapping.read(iova + done, rest);
    } finally {
      mapping.leave();
    }
  }

  private void enter() {
    if (!uses.enter()) {
      throw closed();
    }
  }

  private void checkOpen() {
    switch (state) {
      case OPEN -> {}
      case BROKEN ->
          throw new ErrnoException(
              Errno.EIO,
              name + " broke when it was asked to unpin: no DMA until it is opened anew");
      case CLOSED -> throw closed();
    }
  }

  /** Begins an access. Addresses end at 2^64: what lies beyond is not mapped. */
  private DmaMapping enterMapping(long iova, long offset) {
    DmaMapping mapping = wraps(iova, offset) ? null : mappings.enter(iova + offset);
    if (mapping == null) {
      throw notMapped(iova + offset);
    }
    return mapping;
  }

  private static boolean wraps(long iova, long offset) {
    return Long.compareUnsigned(iova + offset, iova) < 0;
  }

  private static ErrnoException notMapped(long iova) {
    return DmaRules.invalid(String.format("0x%x is not mapped", iova));
  }

  private ErrnoException closed() {
    return DmaRules.invalid(name + " is not open");
  }
}
