// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.NaiveSpace.Manner;

/**
 * Random operations while an unmap waits for a copy, against {@link NaiveSpace}. An unmap asks for
 * all pins and closes all its mappings before it waits, so from then on the model has none of them.
 * Each IOVA is mapped to the same offset of the memory, so the copy that waits is the only one that
 * can reach its bytes until its unmap has returned.
 */
class DrainModelTest {
  private static final int PAGES = 24;
  private static final int DRAINS = 60;

  private final Space space = Space.v2();
  private final NaiveSpace naive = new NaiveSpace(true, Space.LIMIT);
  private final NaiveSpace.Memory model =
      new NaiveSpace.Memory(new byte[(PAGES + 4) * (int) PAGE], true, true);
  private final StoppingMemory memory = new StoppingMemory();
  private final NaiveSpace.Device modelDevice = new NaiveSpace.Device(Manner.GOOD);
  private final DeviceDma device = space.dma.attach("toy", this::unpinAll);
  private final Map<String, Integer> outcomes = new TreeMap<>();

  @AfterEach
  void close() {
    memory.stop.go.countDown();
    device.close();
    space.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  @DisplayName("5.2 to 5.4: while an unmap waits, all else is answered as the model answers it")
  void run(long seed) {
    naive.attach(modelDevice);
    Random random = new Random(seed);
    for (int drain = 0; drain < DRAINS; drain++) {
      String what = "seed " + seed + ", drain " + drain;
      for (int i = 0; i < 30; i++) {
        operation(random, List.of(), what);
      }
      List<IovaRange> mapped = naive.ranges();
      if (!mapped.isEmpty()) {
        drain(random, mapped, what);
      }
      assertThat(space.segment.asSlice(0, model.bytes().length).mismatch(bytes(model.bytes())))
          .as(what)
          .isEqualTo(-1);
    }
    assertThat(outcomes.keySet())
        .as("what the run came across while an unmap waited")
        .contains("map ok", "map EEXIST", "map of the range EEXIST", "copy ok", "copy EINVAL")
        .contains("pin ok", "pin EINVAL", "unmap ok", "unmap EINVAL");
  }

  private void drain(Random random, List<IovaRange> mapped, String what) {
    int from = random.nextInt(mapped.size());
    int to = from + random.nextInt(Math.min(3, mapped.size() - from));
    List<IovaRange> leaving = mapped.subList(from, to + 1);
    IovaRange range = new IovaRange(leaving.getFirst().first(), leaving.getLast().last());
    IovaRange written = leaving.get(random.nextInt(leaving.size()));
    byte[] late = new byte[1 + random.nextInt((int) written.size())];
    random.nextBytes(late);

    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Parallel copy =
        Parallel.run(
            () -> {
              memory.stop = new Stop(Thread.currentThread(), stopped, go);
              device.write(written.first(), bytes(late));
            });
    Parallel.await(stopped);
    DmaUnmap request = new DmaUnmap(DmaUnmap.SIZE, 0, range.first(), range.size(), null);
    long expected = naive.unmap(request, new boolean[0], false);
    Parallel unmap =
        Parallel.run(() -> assertThat(space.dma.unmap(request)).as(what).isEqualTo(expected));
    unmap.awaitBlocked();

    for (int i = 0; i < 30; i++) {
      operation(random, leaving, what + ", operation " + i);
      assertThat(space.dma.available()).as(what).isEqualTo(naive.available() - leaving.size());
      assertThat(space.dma.pinnedPages()).as(what).isEqualTo(naive.pinnedPages());
    }

    go.countDown();
    copy.join();
    unmap.join();
    System.arraycopy(late, 0, model.bytes(), (int) written.first(), late.length);
    assertThat(space.dma.available()).as(what).isEqualTo(naive.available());
  }

  private void operation(Random random, List<IovaRange> leaving, String what) {
    long iova = random.nextInt(PAGES) * PAGE;
    long size = (1 + random.nextInt(4)) * PAGE;
    boolean taken = leaving.stream().anyMatch(of -> overlaps(of, IovaRange.of(iova, size)));
    String real;
    String asked;
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        DmaMap request = new DmaMap(DmaMap.SIZE, RW, memory, iova, iova, size);
        asked = "map";
        real = outcome(() -> space.dma.map(request));
        if (taken) {
          assertThat(real).as(what).isEqualTo("EEXIST");
          asked = "map of the range";
        } else {
          assertThat(real).as(what).isEqualTo(outcome(() -> naive.map(request, model)));
        }
      }
      case 2 -> {
        if (taken) {
          return;
        }
        DmaUnmap request = new DmaUnmap(DmaUnmap.SIZE, 0, iova, size, null);
        asked = "unmap";
        real = outcome(() -> space.dma.unmap(request));
        assertThat(real)
            .as(what)
            .isEqualTo(outcome(() -> naive.unmap(request, new boolean[0], false)));
      }
      case 3 -> {
        int count = 1 + random.nextInt(3);
        asked = "pin";
        real = outcome(() -> device.pinPages(iova, count, RW));
        assertThat(real).as(what).isEqualTo(outcome(() -> naive.pin(modelDevice, iova, count, RW)));
      }
      default -> {
        byte[] buffer = new byte[1 + random.nextInt((int) size)];
        random.nextBytes(buffer);
        byte[] expected = buffer.clone();
        boolean write = random.nextBoolean();
        MemorySegment segment = bytes(buffer);
        asked = "copy";
        real =
            outcome(write ? () -> device.write(iova, segment) : () -> device.read(iova, segment));
        assertThat(real)
            .as(what)
            .isEqualTo(outcome(() -> naive.copy(modelDevice, iova, expected, write)));
        assertThat(buffer).as(what).isEqualTo(expected);
      }
    }
    if (!leaving.isEmpty()) {
      outcomes.merge(asked + " " + real, 1, Integer::sum);
    }
  }

  private void unpinAll(long iova, long size) {
    for (int i = 0; i < 100; i++) {
      device.unpinPages(iova, (int) (size / PAGE));
    }
  }

  private static boolean overlaps(IovaRange one, IovaRange other) {
    return one.first() <= other.last() && other.first() <= one.last();
  }

  private static MemorySegment bytes(byte[] bytes) {
    return MemorySegment.ofArray(bytes);
  }

  private static String outcome(Runnable action) {
    try {
      action.run();
      return "ok";
    } catch (ErrnoException refusal) {
      return refusal.errno().name();
    }
  }

  private record Stop(Thread thread, CountDownLatch stopped, CountDownLatch go) {}

  /** The space's memory, in which the writes of one thread stop until they may go on. */
  private final class StoppingMemory implements GuestMemory {
    private volatile Stop stop =
        new Stop(new Thread(), new CountDownLatch(0), new CountDownLatch(0));

    @Override
    public long size() {
      return model.bytes().length;
    }

    @Override
    public MemorySegment pin(long offset, long length) {
      return space.memory.pin(offset, length);
    }

    @Override
    public void read(long offset, MemorySegment into) {
      space.memory.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from) {
      Stop current = stop;
      if (current.thread == Thread.currentThread()) {
        current.stopped.countDown();
        Parallel.await(current.go);
      }
      space.memory.write(offset, from);
    }
  }
}
