package org.mdev4j.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.vfio.DeviceFile;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A user's read of one register of 4 bytes. */
@State(Scope.Benchmark)
public class RegionRead {
  private static final long REGISTER = 8;

  private final OpenToy toy = new OpenToy();
  private final ToyModel model = toy.model();
  private final DeviceFile file = toy.file();
  private final MemorySegment buffer = Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES);

  @TearDown
  public void close() {
    toy.close();
  }

  /** The yardstick: the model's own register, into the same buffer. */
  @Benchmark
  public MemorySegment register() {
    buffer.set(ValueLayout.JAVA_INT, 0, (int) model.read(REGISTER, Integer.BYTES));
    return buffer;
  }

  @Benchmark
  public long read() {
    return file.read(REGISTER, buffer);
  }
}
