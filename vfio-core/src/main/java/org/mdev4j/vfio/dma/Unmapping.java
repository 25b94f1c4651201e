// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio.dma;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * One UNMAP_DMA under way ({@code spec/vfio.md} 5.3).
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
 * done without it. A closed mapping stays in the tree, so that its range can't be mapped, until its
 * accesses have ended. All calls that unmap it wait for that; the one that closed it counts it and
 * reports its dirty pages.
 *
 * <p>Used by one thread.
 */
final class Unmapping {
  private static final int TRIES = 10;

  private final DmaSpace space;
  private final MappingTree mappings;
  private final DmaUnmap request;
  private long unmapped;
  private @Nullable DmaMapping asked;
  private int tries;

  Unmapping(DmaSpace space, MappingTree mappings, DmaUnmap request) {
    this.space = space;
    this.mappings = mappings;
    this.request = request;
  }

  /** Unmaps; the number of bytes. Everything in the range is looked at anew after each asking. */
  long run() {
    while (true) {
      Pass pass = closeUnpinned();
      finish(pass);
      if (pass.pinned == null) {
        return unmapped;
      }
      ask(pass.pinned);
    }
  }

  /** What one look at the range found: mappings that go, up to one that is pinned. */
  private static final class Pass {
    final List<DmaMapping> leaving = new ArrayList<>();
    final List<DmaMapping> own = new ArrayList<>();
    @Nullable DmaMapping pinned;
  }

  private Pass closeUnpinned() {
    Pass pass = new Pass();
    space.lock().lock();
    try {
      space.checkUnmap(request);
      for (DmaMapping mapping : concerned()) {
        if (!mapping.pins().isEmpty()) {
          pass.pinned = mapping;
          break;
        }
        pass.leaving.add(mapping);
        if (mapping.close()) {
          pass.own.add(mapping);
        }
      }
    } finally {
      space.lock().unlock();
    }
    return pass;
  }

  /** The mappings to go, lowest first. Version 1 takes none if the range begins inside one. */
  private List<DmaMapping> concerned() {
    IovaRange range = request.range();
    DmaMapping first = mappings.firstIn(range);
    return first != null && range.contains(first.range().first())
        ? mappings.startingIn(range)
        : List.of();
  }

  private void finish(Pass pass) {
    if (pass.leaving.isEmpty()) {
      return;
    }
    pass.leaving.forEach(space::drain);
    try {
      for (DmaMapping mapping : pass.own) {
        unmapped += mapping.range().size();
        if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
          mapping.report(DmaRules.given(request.bitmap()), request.iova());
        }
      }
    } finally {
      space.remove(pass.leaving);
    }
  }

  private void ask(DmaMapping pinned) {
    tries = pinned == asked ? tries + 1 : 1;
    asked = pinned;
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

  private String holders(DmaMapping pinned) {
    return space.devices().stream()
        .filter(device -> device.holds(pinned))
        .map(AttachedDevice::name)
        .collect(Collectors.joining(", "));
  }
}
