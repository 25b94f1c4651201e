package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Refusal.refused;
import static org.mdev4j.driver.ccw.program.Bench.IOVA;
import static org.mdev4j.driver.ccw.program.Bench.PAGE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.css.Ccw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ccw 3.3, 3.4: a translation that fails, wherever it does, leaves nothing behind")
class FaultInjectionTest {
  private static final int AT = 0x4000_0000;
  private static final int READ_WRITE = DmaMap.READ | DmaMap.WRITE;

  private final Bench bench = new Bench();
  private final FaultyMemory memory = new FaultyMemory(GuestMemory.of(bench.memory));

  /** Two chains; direct data over three pages, two lists, a page twice, a NOP. */
  @BeforeEach
  void program() {
    bench.map(AT, memory, READ_WRITE);
    bench.program(
        IOVA,
        new Ccw(0x02, Ccw.CHAIN_COMMAND, 2 * PAGE + 1, AT + 0x20FFF),
        new Ccw(0x02, Ccw.CHAIN_COMMAND | Ccw.INDIRECT, PAGE, AT + 0x6000),
        new Ccw(Ccw.TIC, 0, 0, AT + 0x100));
    bench.program(
        IOVA + 0x100,
        new Ccw(0x03, Ccw.CHAIN_COMMAND, 1, AT),
        new Ccw(0x01, Ccw.CHAIN_DATA | Ccw.INDIRECT, 2 * PAGE, AT + 0x6100),
        new Ccw(0x01, 0, 8, AT + 0x21000));
    bench.doubleword(IOVA + 0x6000, AT + 0x30001, AT + 0x38000);
    bench.doubleword(IOVA + 0x6100, AT + 0x40000, AT + 0x21000);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  @DisplayName("9.55, 9.57 each access to the user's memory fails once")
  void everyAccess() {
    memory.failAfter(-1);
    translate().close();
    int accesses = memory.accesses();
    assertThat(accesses).as("six CCWs, two lists in two parts, six pages").isEqualTo(16);
    for (int i = 0; i < accesses; i++) {
      memory.failAfter(i);
      refused(Errno.EFAULT, this::translate);
      bench.assertNothingHeld();
    }
    memory.failAfter(accesses);
    translate().close();
  }

  @Test
  @DisplayName("3.6 there is no host memory for the copy: ENOMEM, and nothing stays pinned")
  void noHostMemory(@TempDir Path directory) throws IOException {
    long low = (1L << 31) - (1L << 16);
    try (Arena arena = Arena.ofShared();
        FileChannel file =
            FileChannel.open(
                directory.resolve("sparse"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      MemorySegment huge = file.map(FileChannel.MapMode.READ_WRITE, 0, low, arena);
      HostBuffer hog = bench.host.memory().place(huge, 16, 1L << 31);
      refused(Errno.ENOMEM, this::translate);
      assertThat(bench.space.pinnedPages()).isZero();
      hog.close();
    }
    translate().close();
  }

  @Test
  @DisplayName("3.6 memory that can only be copied holds programs and lists, but no data")
  void remote() {
    GuestMemory remote =
        new GuestMemory() {
          @Override
          public long size() {
            return bench.memory.byteSize();
          }

          @Override
          public void read(long offset, MemorySegment into) {
            MemorySegment.copy(bench.memory, offset, into, 0, into.byteSize());
          }

          @Override
          public void write(long offset, MemorySegment from) {
            MemorySegment.copy(from, 0, bench.memory, offset, from.byteSize());
          }
        };
    bench.map(0x5000_0000, remote, READ_WRITE);
    refused(Errno.EFAULT, () -> bench.translate(new Ccw(0x02, 0, 8, 0x5000_0000)));
    bench.doubleword(IOVA + 0x7000, IOVA);
    bench.translate(new Ccw(0x02, Ccw.INDIRECT, 8, 0x5000_7000)).close();
    bench.program(IOVA, new Ccw(0x02, 0, 8, IOVA));
    bench.translate(Bench.orb(0x5000_0000)).close();
  }

  @Test
  @DisplayName("3.6 memory that has to arrive first is waited for, at each access")
  void blocks() {
    memory.failAfter(-1);
    translate().close();
    int accesses = memory.accesses();
    for (int i = 0; i < accesses; i++) {
      CountDownLatch arrived = new CountDownLatch(1);
      FaultyMemory slow = new FaultyMemory(GuestMemory.of(bench.memory));
      bench.space.unmap(new DmaUnmap(DmaUnmap.SIZE, 0, AT, Bench.SIZE, null));
      bench.map(AT, slow, READ_WRITE);
      slow.holdAt(i, arrived);
      CompletableFuture<ChannelProgram> translating =
          CompletableFuture.supplyAsync(this::translate, Thread::startVirtualThread);
      FaultyMemory.await(slow.asked);
      assertThat(translating).as("access %d has not arrived", i).isNotDone();
      arrived.countDown();
      translating.orTimeout(30, TimeUnit.SECONDS).join().close();
      bench.assertNothingHeld();
    }
  }

  private ChannelProgram translate() {
    return bench.translate(Bench.orb(AT));
  }
}
