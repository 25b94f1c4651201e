package org.mdev4j.replay.shadow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is mapped in the address space of a container. */
public final class DmaShadow {
  private static final int ALL = 2;

  private final List<Mapping> mappings = new ArrayList<>();

  private record Mapping(long first, long last, @Nullable MemorySegment memory) {
    private boolean isWithin(long from, long to) {
      return Long.compareUnsigned(first, from) >= 0 && Long.compareUnsigned(last, to) <= 0;
    }
  }

  /** A new address space: nothing is mapped. */
  public void clear() {
    mappings.clear();
  }

  /** MAP_DMA worked. */
  public void mapped(long iova, long size) {
    mapped(iova, size, null);
  }

  /** MAP_DMA worked, with memory whose bytes may be looked at. */
  public void mapped(long iova, long size, @Nullable MemorySegment memory) {
    mappings.add(new Mapping(iova, iova + size - 1, memory));
  }

  /** Whether all {@code size} bytes are in one mapping. */
  public boolean isMapped(long iova, long size) {
    return find(iova, size) != null;
  }

  /** What the probe's memory holds at {@code iova}; null if that can't be told. */
  public byte @Nullable [] read(long iova, int size) {
    Mapping mapping = find(iova, size);
    return mapping == null || mapping.memory == null
        ? null
        : mapping.memory.asSlice(iova - mapping.first, size).toArray(ValueLayout.JAVA_BYTE);
  }

  private @Nullable Mapping find(long iova, long size) {
    for (Mapping mapping : mappings) {
      if (Long.compareUnsigned(iova, mapping.first) >= 0
          && Long.compareUnsigned(iova, mapping.last) <= 0
          && Long.compareUnsigned(size - 1, mapping.last - iova) <= 0) {
        return mapping;
      }
    }
    return null;
  }

  /** UNMAP_DMA worked. */
  public void unmapped(int flags, long iova, long size) {
    mappings.removeAll(affected(flags, iova, size));
  }

  /** How many bytes an UNMAP_DMA takes away. */
  public long taken(int flags, long iova, long size) {
    return affected(flags, iova, size).stream().mapToLong(each -> each.last - each.first + 1).sum();
  }

  /** Whether it takes away a mapping that ends where addresses end. */
  public boolean takesTheLast(int flags, long iova, long size) {
    return affected(flags, iova, size).stream().anyMatch(each -> each.last == -1);
  }

  private List<Mapping> affected(int flags, long iova, long size) {
    boolean all = (flags & ALL) != 0;
    long from = all ? 0 : iova;
    long to = all ? -1 : iova + size - 1;
    return mappings.stream().filter(each -> each.isWithin(from, to)).toList();
  }
}
