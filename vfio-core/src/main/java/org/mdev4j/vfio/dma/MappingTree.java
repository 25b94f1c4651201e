package org.mdev4j.vfio.dma;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The mappings of an address space, which never overlap, by their first address.
 *
 * <p>A mapping that is being unmapped is closed and stays here until its accesses have ended. The
 * user still finds it ({@link #firstIn}, {@link #startingIn}, {@link #cutBy}); devices do not
 * ({@link #at}, {@link #enter}).
 *
 * <p>Looking up takes no lock; changing is for the holder of the {@link DmaSpace}'s lock.
 */
final class MappingTree {
  private final ConcurrentNavigableMap<Long, DmaMapping> mappings =
      new ConcurrentSkipListMap<>(Long::compareUnsigned);
  private final AtomicInteger count = new AtomicInteger();

  void add(DmaMapping mapping) {
    mappings.put(mapping.range().first(), mapping);
    count.incrementAndGet();
  }

  /** Removes {@code mapping}, unless it is gone already. */
  void remove(DmaMapping mapping) {
    if (mappings.remove(mapping.range().first(), mapping)) {
      count.decrementAndGet();
    }
  }

  int count() {
    return count.get();
  }

  /** The mapping of {@code iova}; null if there is none or it is being unmapped. */
  @Nullable DmaMapping at(long iova) {
    DmaMapping mapping = covering(iova);
    return mapping == null || mapping.isClosed() ? null : mapping;
  }

  /**
   * The mapping of {@code iova} with an access to it begun, which the caller ends with {@link
   * DmaMapping#leave}; null if there is none or it is being unmapped.
   */
  @Nullable DmaMapping enter(long iova) {
    DmaMapping mapping = covering(iova);
    return mapping == null || !mapping.enter() ? null : mapping;
  }

  /** The lowest mapping that has an address in {@code range}, or null. */
  @Nullable DmaMapping firstIn(IovaRange range) {
    DmaMapping first = covering(range.first());
    if (first != null) {
      return first;
    }
    Map.Entry<Long, DmaMapping> above = mappings.higherEntry(range.first());
    return above != null && range.contains(above.getKey()) ? above.getValue() : null;
  }

  /** The mappings that begin in {@code range}, lowest first. */
  List<DmaMapping> startingIn(IovaRange range) {
    return new ArrayList<>(mappings.subMap(range.first(), true, range.last(), true).values());
  }

  /** The same without those that are being unmapped, whose logs belong to the unmapping. */
  List<DmaMapping> openIn(IovaRange range) {
    return startingIn(range).stream().filter(mapping -> !mapping.isClosed()).toList();
  }

  /** A mapping that an end of {@code range} would cut in two, or null. */
  @Nullable DmaMapping cutBy(IovaRange range) {
    DmaMapping first = covering(range.first());
    if (first != null && first.range().first() != range.first()) {
      return first;
    }
    DmaMapping last = covering(range.last());
    return last != null && last.range().last() != range.last() ? last : null;
  }

  private @Nullable DmaMapping covering(long iova) {
    Map.Entry<Long, DmaMapping> below = mappings.floorEntry(iova);
    return below != null && below.getValue().range().contains(iova) ? below.getValue() : null;
  }
}
