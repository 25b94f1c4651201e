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

  void remove(DmaMapping mapping) {
    mappings.remove(mapping.range().first());
    count.decrementAndGet();
  }

  int count() {
    return count.get();
  }

  /** The mapping of {@code iova}, or null. */
  @Nullable DmaMapping at(long iova) {
    Map.Entry<Long, DmaMapping> below = mappings.floorEntry(iova);
    return below != null && below.getValue().range().contains(iova) ? below.getValue() : null;
  }

  /**
   * The mapping of {@code iova} with an access to it begun, which the caller ends with {@link
   * DmaMapping#leave}; or null.
   */
  @Nullable DmaMapping enter(long iova) {
    while (true) {
      DmaMapping mapping = at(iova);
      // One that is found but closed has left the tree meanwhile; there may be another by now.
      if (mapping == null || mapping.enter()) {
        return mapping;
      }
    }
  }

  /** The lowest mapping that has an address in {@code range}, or null. */
  @Nullable DmaMapping firstIn(IovaRange range) {
    DmaMapping first = at(range.first());
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

  /** A mapping that an end of {@code range} would cut in two, or null. */
  @Nullable DmaMapping cutBy(IovaRange range) {
    DmaMapping first = at(range.first());
    if (first != null && first.range().first() != range.first()) {
      return first;
    }
    DmaMapping last = at(range.last());
    return last != null && last.range().last() != range.last() ? last : null;
  }
}
