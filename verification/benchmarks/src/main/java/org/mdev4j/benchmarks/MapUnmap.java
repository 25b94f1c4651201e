package org.mdev4j.benchmarks;

import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A MAP_DMA of 64 KiB and its UNMAP_DMA, in the midst of other mappings. */
@State(Scope.Benchmark)
public class MapUnmap {
  private static final int SIZE = 1 << 16;

  private final OpenToy toy = new OpenToy();
  private final GuestMemory memory = GuestMemory.of(Arena.ofAuto().allocate(SIZE));
  private final ConcurrentNavigableMap<Long, Object> tree = new ConcurrentSkipListMap<>();
  private final Lock lock = new ReentrantLock();

  @Param({"10", "10000"})
  private int mappings;

  private long free;

  @Setup
  public void fill() {
    for (int i = 0; i < mappings; i++) {
      if (i == mappings / 2) {
        free = iova(i);
      } else {
        map(iova(i));
        tree.put(iova(i), memory);
      }
    }
  }

  @TearDown
  public void close() {
    toy.close();
  }

  /** The yardstick: the same into a bare tree, under a lock. */
  @Benchmark
  public @Nullable Object tree() {
    locked(() -> tree.put(free, memory));
    return locked(() -> tree.remove(free));
  }

  @Benchmark
  public long mapUnmap() {
    map(free);
    return toy.iommu().unmap(new DmaUnmap(DmaUnmap.SIZE, 0, free, SIZE, null));
  }

  private static long iova(int number) {
    return (number + 1L) * SIZE;
  }

  private void map(long iova) {
    int flags = DmaMap.READ | DmaMap.WRITE;
    toy.iommu().map(new DmaMap(DmaMap.SIZE, flags, memory, 0, iova, SIZE));
  }

  private @Nullable Object locked(Action action) {
    lock.lock();
    try {
      return action.run();
    } finally {
      lock.unlock();
    }
  }

  @FunctionalInterface
  private interface Action {
    @Nullable Object run();
  }
}
