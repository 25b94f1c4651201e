package org.mdev4j.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Orb;
import org.mdev4j.device.host.Host;
import org.mdev4j.driver.ccw.program.ChannelProgram;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaSpace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What vfio-ccw does to a program that reads so many pages: copied, pinned, unpinned. */
@State(Scope.Benchmark)
public class ChannelProgramTranslation {
  private static final int ENTRIES = 16;

  private final Host host = Host.builder().withoutDiscovery().start();
  private final DmaSpace space = new DmaSpace(host.memory(), ENTRIES, true);
  private final DeviceDma dma = space.attach((_, _) -> {});
  private final CcwGuest guest = new CcwGuest();

  @Param("16")
  private int pages;

  private Orb orb = new Orb(0, 0, 0);
  private MemorySegment input = MemorySegment.NULL;

  @Setup
  public void fill() {
    guest.map(space);
    orb = guest.read(pages);
    input = Arena.ofAuto().allocate((long) CcwGuest.PAGE * pages, CcwGuest.PAGE);
  }

  @TearDown
  public void close() {
    dma.close();
    space.close();
    host.close();
  }

  /** The yardstick: as many bytes into the same pages. */
  @Benchmark
  public MemorySegment copy() {
    for (int i = 0; i < pages; i++) {
      MemorySegment.copy(input, (long) CcwGuest.PAGE * i, guest.page(i), 0, CcwGuest.PAGE);
    }
    return input;
  }

  @Benchmark
  public boolean translate() {
    try (ChannelProgram program = ChannelProgram.translate(orb, dma, host.memory())) {
      return program.touches(0, 1);
    }
  }
}
