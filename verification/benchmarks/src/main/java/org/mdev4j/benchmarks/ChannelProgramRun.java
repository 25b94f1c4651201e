package org.mdev4j.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A channel program through vfio-ccw, from the user's write until it is signalled the end. */
@State(Scope.Benchmark)
public class ChannelProgramRun {
  private static final int NORMAL_END = 0x0C00;

  private final OpenCcw ccw = new OpenCcw();
  private final MemorySegment nop = OpenCcw.request(ccw.guest().nop());
  private final MemorySegment read4K = OpenCcw.request(ccw.guest().read(1));
  private final MemorySegment read64K = OpenCcw.request(ccw.guest().read(16));

  @TearDown(Level.Iteration)
  public void check() {
    if (ccw.status() != NORMAL_END) {
      throw new IllegalStateException("it ended with status %04x".formatted(ccw.status()));
    }
  }

  @TearDown
  public void close() {
    ccw.close();
  }

  @Benchmark
  public long nop() throws InterruptedException {
    return ccw.run(nop);
  }

  /** Through a list of one IDAW. */
  @Benchmark
  public long read4K() throws InterruptedException {
    return ccw.run(read4K);
  }

  /** Through two lists of eight IDAWs, with data chaining: one CCW can't count to 64 KiB. */
  @Benchmark
  public long read64K() throws InterruptedException {
    return ccw.run(read64K);
  }
}
