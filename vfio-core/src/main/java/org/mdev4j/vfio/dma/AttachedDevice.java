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
 * <h2>Thread safety</h2>
 *
 * The lock of the {@link DmaSpace} guards the pins and {@code attached}. What takes no lock -
 * copies and calls of the listener - passes a gate, which closing closes after it has given back
 * the pins.
 */
final class AttachedDevice implements DeviceDma {
  private static final Logger log = LoggerFactory.getLogger(AttachedDevice.class);

  private final DmaSpace space;
  private final MappingTree mappings;
  private final @Nullable UnmapListener listener;
  private final Map<Pin, Integer> pins = new HashMap<>();
  private final Gate uses = new Gate();
  private boolean attached = true;

  AttachedDevice(DmaSpace space, MappingTree mappings, @Nullable UnmapListener listener) {
    this.space = space;
    this.mappings = mappings;
    this.listener = listener;
  }

  boolean listens() {
    return listener != null;
  }

  @Override
  public List<PinnedPage> pinPages(long iova, int count, int prot) {
    if (count <= 0) {
      throw DmaRules.invalid("can't pin " + count + " pages");
    }
    space.lock().lock();
    try {
      if (!attached) {
        throw notOpen();
      }
      if (count > MAX_PAGES) {
        throw new ErrnoException(Errno.E2BIG, count + " pages, more than " + MAX_PAGES);
      }
      space.checkPinning();
      if (!Pages.isAligned(iova)) {
        throw DmaRules.invalid(String.format("0x%x is not the address of a page", iova));
      }
      return pinAll(iova, count, prot);
    } finally {
      space.lock().unlock();
    }
  }

  @Override
  public void unpinPages(long iova, int count) {
    space.lock().lock();
    try {
      if (!attached || count <= 0 || count > MAX_PAGES || !Pages.isAligned(iova)) {
        log.warn(
            "ignored: unpin {} pages at 0x{}{}",
            count,
            Long.toHexString(iova),
            attached ? "" : ", the device is not open");
        return;
      }
      for (int i = 0; i < count; i++) {
        DmaMapping mapping = mappingAt(iova, i * Pages.SIZE);
        if (mapping == null) {
          return;
        }
        Pin pin = mapping.pins().at(iova + i * Pages.SIZE);
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

  /** Calls the listener, if there is one and it has not been closed. */
  void notifyUnmap(IovaRange range) {
    if (listener == null || !uses.enter()) {
      return;
    }
    try {
      listener.dmaUnmap(range.first(), range.size());
    } catch (RuntimeException failure) {
      // Whether the pages were unpinned is what counts, and that is looked at next.
      log.error("a device failed to let go of {}", range, failure);
    } finally {
      uses.leave();
    }
  }

  /** Takes the device's pins back. Called with the lock held. */
  void giveUpPins() {
    attached = false;
    if (!pins.isEmpty()) {
      log.warn("{} pages were still pinned when their device was closed; unpinned", pins.size());
      pins.forEach(
          (pin, count) -> {
            for (int i = 0; i < count; i++) {
              pin.drop();
            }
          });
      pins.clear();
    }
  }

  private List<PinnedPage> pinAll(long iova, int count, int prot) {
    List<Pin> done = new ArrayList<>(count);
    try {
      for (int i = 0; i < count; i++) {
        Pin pin = pinOne(iova, i * Pages.SIZE, prot);
        pins.merge(pin, 1, Integer::sum);
        done.add(pin);
      }
    } catch (Throwable failure) {
      done.forEach(this::drop);
      throw failure;
    }
    return done.stream().map(Pin::page).toList();
  }

  private Pin pinOne(long iova, long offset, int prot) {
    DmaMapping mapping = mappingAt(iova, offset);
    if (mapping == null) {
      throw notMapped(iova + offset);
    }
    mapping.checkPermits(prot);
    return mapping.pin(iova + offset);
  }

  /** Addresses end at 2^64: what lies beyond is not mapped. */
  private @Nullable DmaMapping mappingAt(long iova, long offset) {
    return wraps(iova, offset) ? null : mappings.at(iova + offset);
  }

  private void drop(Pin pin) {
    pins.computeIfPresent(pin, (_, count) -> count == 1 ? null : count - 1);
    pin.drop();
  }

  private void copy(long iova, MemorySegment buffer, boolean write) {
    if (buffer.byteSize() == 0) {
      throw DmaRules.invalid("no bytes to copy");
    }
    if (!uses.enter()) {
      throw notOpen();
    }
    try {
      long done = 0;
      while (done < buffer.byteSize()) {
        done += copyPart(iova, done, buffer.asSlice(done), write);
      }
    } finally {
      uses.leave();
    }
  }

  private long copyPart(long iova, long done, MemorySegment rest, boolean write) {
    long at = iova + done;
    DmaMapping mapping = wraps(iova, done) ? null : mappings.enter(at);
    if (mapping == null) {
      throw notMapped(at);
    }
    try {
      return write ? mapping.write(at, rest) : mapping.read(at, rest);
    } finally {
      mapping.leave();
    }
  }

  private static boolean wraps(long iova, long offset) {
    return Long.compareUnsigned(iova + offset, iova) < 0;
  }

  private static ErrnoException notMapped(long iova) {
    return DmaRules.invalid(String.format("0x%x is not mapped", iova));
  }

  private static ErrnoException notOpen() {
    return DmaRules.invalid("the device is not open");
  }
}
