package org.mdev4j.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A device's copy of 64 KiB from and to its user's memory. */
@State(Scope.Benchmark)
public class DmaRw {
  private static final int SIZE = 1 << 16;
  private static final long IOVA = 1 << 20;

  private final OpenToy toy = new OpenToy();
  private final DeviceDma dma = toy.context().dma();
  private final MemorySegment guest = Arena.ofAuto().allocate(SIZE, SIZE);
  private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE, SIZE);

  @Setup
  public void map() {
    int flags = DmaMap.READ | DmaMap.WRITE;
    toy.iommu().map(new DmaMap(DmaMap.SIZE, flags, GuestMemory.of(guest), 0, IOVA, SIZE));
  }

  @TearDown
  public void close() {
    toy.close();
  }

  /** The yardstick of {@link #read}. */
  @Benchmark
  public MemorySegment copyIn() {
    MemorySegment.copy(guest, 0, buffer, 0, SIZE);
    return buffer;
  }

  /** The yardstick of {@link #write}. */
  @Benchmark
  public MemorySegment copyOut() {
    MemorySegment.copy(buffer, 0, guest, 0, SIZE);
    return guest;
  }

  @Benchmark
  public MemorySegment read() {
    dma.read(IOVA, buffer);
    return buffer;
  }

  @Benchmark
  public MemorySegment write() {
    dma.write(IOVA, buffer);
    return guest;
  }
}
