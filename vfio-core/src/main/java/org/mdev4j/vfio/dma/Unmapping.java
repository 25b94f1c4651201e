// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio.dma;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * One UNMAP_DMA under way ({@code spec/vfio.md} 5.3). It unmaps what is mapped in its range when it
 * begins, lowest first.
 *
 * <pre>
 *            none pinned              accesses have ended
 *   mapped ----------------> closed ------------------------> unmapped
 *    ^  |                      ^
 *    |  | pinned               |  unpinned, or all listeners that
 *    |  v                      |  did not unpin have thrown
 *    | [ask the listeners] ----+
 *    |  | still pinned: ask again, up to 10 times
 *    +--+ then EBUSY
 * </pre>
 *
 * <p>A mapping is closed under the lock of the {@link DmaSpace}. The waiting and the asking are
 * done without it. A closed mapping stays in the tree, so that its range can't be mapped, until all
 * have been closed and their accesses have ended. All calls that unmap it wait for its accesses;
 * the one that closed it counts it and reports its dirty pages.
 *
 * <p>Used by one thread.
 */
final class Unmapping {
  private static final int TRIES = 10;

  private final DmaSpace space;
  private final MappingTree mappings;
  private final DmaUnmap request;

  /** The mappings in the range when the call began. */
  private List<DmaMapping> concerned = List.of();

  /** How many of them are closed. */
  private int closed;

  /** Those that this call closed. */
  private final List<DmaMapping> own = new ArrayList<>();

  private int tries;

  Unmapping(DmaSpace space, MappingTree mappings, DmaUnmap request) {
    this.space = space;
    this.mappings = mappings;
    this.request = request;
  }

  /** Unmaps; the number of bytes. A failure leaves the mappings that are not closed by then. */
  long run() {
    try {
      DmaMapping pinned = begin();
      while (pinned != null) {
        ask(pinned);
        pinned = closeUnpinned();
      }
    } finally {
      finish();
    }
    return own.stream().mapToLong(mapping -> mapping.range().size()).sum();
  }

  private @Nullable DmaMapping begin() {
    space.lock().lock();
    try {
      space.checkUnmap(request);
      concerned = concerned();
    } finally {
      space.lock().unlock();
    }
    return closeUnpinned();
  }

  /** The mappings to go, lowest first. Version 1 takes none if the range begins inside one. */
  private List<DmaMapping> concerned() {
    IovaRange range = request.range();
    DmaMapping first = mappings.firstIn(range);
    return first != null && range.contains(first.range().first())
        ? mappings.startingIn(range)
        : List.of();
  }

  /**
   * Closes mappings up to one that is pinned, which it returns; null if none is left. Waits for
   * pins under way first: the caller then asks for them back.
   */
  private @Nullable DmaMapping closeUnpinned() {
    space.lock().lock();
    try {
      for (; closed < concerned.size(); closed++) {
        DmaMapping mapping = concerned.get(closed);
        space.awaitFetches(mapping);
        if (!mapping.pins().isEmpty()) {
          return mapping;
        }
        if (mapping.close()) {
          own.add(mapping);
        }
        tries = 0;
      }
      return null;
    } finally {
      space.lock().unlock();
    }
  }

  private void ask(DmaMapping pinned) {
    tries++;
    List<AttachedDevice> listeners;
    space.lock().lock();
    try {
      if (pinned.pins().isEmpty()) {
        return;
      }
      if (tries > TRIES) {
        throw new ErrnoException(
            Errno.EBUSY, holders(pinned) + " did not unpin the pages in " + pinned.range());
      }
      listeners = space.devices().stream().filter(AttachedDevice::listens).toList();
    } finally {
      space.lock().unlock();
    }
    listeners.forEach(device -> device.askToUnpin(pinned.range()));
  }

  private void finish() {
    List<DmaMapping> leaving = concerned.subList(0, closed);
    leaving.forEach(space::drain);
    try {
      if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
        own.forEach(mapping -> mapping.report(DmaRules.given(request.bitmap()), request.iova()));
      }
    } finally {
      space.remove(leaving);
    }
  }

  private String holders(DmaMapping pinned) {
    return space.devices().stream()
        .filter(device -> device.holds(pinned))
        .map(AttachedDevice::name)
        .collect(Collectors.joining(", "));
  }
}
