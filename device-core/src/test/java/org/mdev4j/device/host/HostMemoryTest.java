package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

class HostMemoryTest {
  private static final long FIRST = 0x1_0000L;
  private static final long HIGH = 1L << 32;
  private static final long END = 1L << 47;

  private final HostMemory memory = new HostMemory();

  /** Memory of any size that costs nothing: only its addresses are used. */
  @SuppressWarnings("restricted")
  private static MemorySegment fake(long size) {
    return MemorySegment.ofAddress(0x1000).reinterpret(size);
  }

  @Test
  void aBufferIsZeroedAndFoundByItsAddress() {
    HostBuffer buffer = memory.allocate(4096, 8);
    assertThat(buffer.size()).isEqualTo(4096);
    assertThat(buffer.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);

    memory.resolve(buffer.address() + 100, 2).set(ValueLayout.JAVA_BYTE, 1, (byte) 7);

    assertThat(buffer.segment().get(ValueLayout.JAVA_BYTE, 101)).isEqualTo((byte) 7);
    assertThat(memory.inUse()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 10, 16, 17, 4096})
  void oneBytePastTheEndIsEfault(long size) {
    HostBuffer buffer = memory.allocate(size, 1);
    HostBuffer next = memory.allocate(size, 1);
    long at = buffer.address();

    assertThat(memory.resolve(at, size).byteSize()).isEqualTo(size);
    assertThat(memory.resolve(at + size - 1, 1).byteSize()).isEqualTo(1);
    assertRefused(Errno.EFAULT, () -> memory.resolve(at, size + 1));
    assertRefused(Errno.EFAULT, () -> memory.resolve(at + 1, size));
    assertRefused(Errno.EFAULT, () -> memory.resolve(at - 1, 1));
    assertRefused(Errno.EFAULT, () -> memory.resolve(at, Long.MAX_VALUE));
    assertRefused(Errno.EFAULT, () -> memory.resolve(at, -1));
    assertThat(next.address()).isGreaterThanOrEqualTo(at + size);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, FIRST - 1, FIRST, HIGH, END, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void whereNothingIsIsEfault(long address) {
    assertRefused(Errno.EFAULT, () -> memory.resolve(address, 1))
        .hasMessageContaining("0x" + Long.toHexString(address));
  }

  @Test
  void aLimitIsKept() {
    HostBuffer low = memory.allocate(4096, 8, 1L << 31);
    HostBuffer tight = memory.allocate(16, 1, low.address() + low.size() + 16);
    HostBuffer anywhere = memory.allocate(4096, 8);

    assertThat(low.address()).isGreaterThanOrEqualTo(FIRST);
    assertThat(low.address() + low.size()).isLessThanOrEqualTo(1L << 31);
    assertThat(tight.address()).isEqualTo(low.address() + low.size());
    assertThat(anywhere.address())
        .as("low addresses are for those who need them")
        .isGreaterThanOrEqualTo(HIGH);
    assertRefused(Errno.ENOMEM, () -> memory.allocate(1, 1, low.address() + low.size() + 16))
        .hasMessageContaining("below 0x");
    assertRefused(Errno.ENOMEM, () -> memory.allocate(1, 1, FIRST));
    assertRefused(Errno.ENOMEM, () -> memory.allocate(1, 1, 0));
  }

  @Test
  void theLastByteBelowTheLimitIsUsable() {
    HostBuffer whole = memory.place(fake((1L << 31) - FIRST), 1, 1L << 31);
    assertThat(whole.address()).isEqualTo(FIRST);

    assertRefused(Errno.ENOMEM, () -> memory.place(fake(1), 1, 1L << 31));
    whole.close();

    assertRefused(Errno.ENOMEM, () -> memory.place(fake((1L << 31) - FIRST + 1), 1, 1L << 31));
  }

  @Test
  void aLimitJustAboveTheLowMemoryFallsBackToIt() {
    HostBuffer high = memory.place(fake(4096), 1, HIGH + 4096);
    HostBuffer low = memory.place(fake(4096), 1, HIGH + 4096);

    assertThat(high.address()).isEqualTo(HIGH);
    assertThat(low.address()).isEqualTo(FIRST);
  }

  @Test
  void whenTheHighMemoryIsFullTheLowIsUsed() {
    memory.place(fake(END - HIGH), 1, END);

    assertThat(memory.allocate(16, 1).address()).isEqualTo(FIRST);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 8, 16, 64, 4096, 1L << 20, 1L << 40})
  void alignmentIsKept(long alignment) {
    memory.allocate(24, 1);
    memory.allocate(24, 1, HIGH);

    assertThat(memory.allocate(10, alignment).address() % alignment).isZero();
    if (alignment < HIGH) {
      assertThat(memory.allocate(10, alignment, HIGH).address() % alignment).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "-1, 8", "16, 0", "16, 3", "16, 24", "16, -16", "16, -9223372036854775808"})
  void sizesAndAlignmentsThatAreNone(long size, long alignment) {
    assertRefused(Errno.EINVAL, () -> memory.allocate(size, alignment));
    assertRefused(
        Errno.EINVAL, () -> memory.place(size > 0 ? fake(size) : fake(0), alignment, END));
    assertThat(memory.inUse()).isZero();
  }

  @Test
  void moreThanThereIsIsEnomem() {
    assertRefused(Errno.ENOMEM, () -> memory.place(fake(END), 1, END));
    assertRefused(Errno.ENOMEM, () -> memory.place(fake(Long.MAX_VALUE), 1, Long.MAX_VALUE));
    assertRefused(Errno.ENOMEM, () -> memory.place(fake(1), 1L << 62, Long.MAX_VALUE));
    assertRefused(Errno.ENOMEM, () -> memory.place(fake(HIGH), 1, HIGH));
  }

  @Test
  void placedMemoryIsTheMemoryThatWasGiven() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(4096);
      HostBuffer placed = memory.place(page, 4096, END);

      memory.resolve(placed.address() + 5, 1).set(ValueLayout.JAVA_BYTE, 0, (byte) 9);

      assertThat(page.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 9);
      placed.close();
    }
  }

  @Test
  void aFreedBufferIsGoneAndFreedOnce() {
    HostBuffer first = memory.allocate(64, 1);
    long address = first.address();
    first.close();
    assertRefused(Errno.EFAULT, () -> memory.resolve(address, 1));
    HostBuffer second = memory.allocate(64, 1);
    assertThat(second.address()).as("reused").isEqualTo(address);

    first.close();

    assertThat(memory.resolve(address, 64).byteSize()).isEqualTo(64);
    assertThat(memory.inUse()).isEqualTo(1);
  }

  @Test
  void freedNeighboursGrowTogether() {
    List<HostBuffer> buffers = new ArrayList<>();
    long piece = (HIGH - FIRST) / 4;
    for (int i = 0; i < 4; i++) {
      buffers.add(memory.place(fake(piece), 1, HIGH));
    }
    assertRefused(Errno.ENOMEM, () -> memory.place(fake(1), 1, HIGH));

    for (int i : new int[] {2, 0, 3, 1}) {
      buffers.get(i).close();
    }

    assertThat(memory.place(fake(HIGH - FIRST), 1, HIGH).address()).isEqualTo(FIRST);
  }

  @Test
  void lowAndHighMemoryDoNotGrowTogether() {
    HostBuffer low = memory.place(fake(HIGH - FIRST), 1, HIGH);
    HostBuffer high = memory.place(fake(END - HIGH), 1, END);
    low.close();
    high.close();

    assertRefused(Errno.ENOMEM, () -> memory.place(fake(END - HIGH + 1), 1, END));
    assertThat(memory.place(fake(END - HIGH), 1, END).address()).isEqualTo(HIGH);
    assertThat(memory.place(fake(HIGH - FIRST), 1, HIGH).address()).isEqualTo(FIRST);
  }

  @Test
  void agreesWithASimpleModelOverManyOperations() {
    Random random = new Random(20211022);
    TreeMap<Long, HostBuffer> live = new TreeMap<>();
    long limit = FIRST + (1L << 20);
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      if (live.isEmpty() || random.nextInt(100) < 55) {
        long size = 1 + random.nextInt(random.nextInt(8) == 0 ? 100_000 : 3000);
        long alignment = 1L << random.nextInt(13);
        try {
          HostBuffer buffer = memory.place(fake(size), alignment, limit);
          checkPlaced(live, buffer, size, alignment, limit);
          live.put(buffer.address(), buffer);
        } catch (ErrnoException refusal) {
          assertThat(refusal.errno()).isEqualTo(Errno.ENOMEM);
          assertThat(fits(live, size, alignment, limit)).as("room for " + size).isFalse();
          refused++;
        }
      } else {
        Long near = live.floorKey(FIRST + random.nextInt(1 << 20));
        HostBuffer buffer = near == null ? live.firstEntry().getValue() : live.get(near);
        live.remove(buffer.address());
        buffer.close();
      }
      checkResolved(live, FIRST + random.nextInt(1 << 20));
      assertThat(memory.inUse()).isEqualTo(live.size());
    }
    assertThat(refused).as("operations that met a full memory").isPositive();

    live.values().forEach(HostBuffer::close);

    assertThat(memory.inUse()).isZero();
    assertThat(memory.place(fake(limit - FIRST), 1, limit).address()).isEqualTo(FIRST);
  }

  private static void checkPlaced(
      TreeMap<Long, HostBuffer> live, HostBuffer buffer, long size, long alignment, long limit) {
    long start = buffer.address();
    assertThat(buffer.size()).isEqualTo(size);
    assertThat(start % alignment).isZero();
    assertThat(start).isGreaterThanOrEqualTo(FIRST);
    assertThat(start + size).isLessThanOrEqualTo(limit);
    Map.Entry<Long, HostBuffer> below = live.floorEntry(start);
    if (below != null) {
      assertThat(below.getKey() + below.getValue().size()).isLessThanOrEqualTo(start);
    }
    Long above = live.ceilingKey(start);
    if (above != null) {
      assertThat(start + size).isLessThanOrEqualTo(above);
    }
  }

  /** Whether there is a gap, in units of 16 bytes, that would take it. */
  private static boolean fits(
      TreeMap<Long, HostBuffer> live, long size, long alignment, long limit) {
    long step = Math.max(alignment, 16);
    long from = FIRST;
    for (HostBuffer buffer : live.values()) {
      if (up(from, step) + up(size, 16) <= buffer.address()) {
        return true;
      }
      from = up(buffer.address() + buffer.size(), 16);
    }
    return up(from, step) + size <= limit;
  }

  private static long up(long value, long step) {
    return (value + step - 1) / step * step;
  }

  private void checkResolved(TreeMap<Long, HostBuffer> live, long address) {
    Map.Entry<Long, HostBuffer> below = live.floorEntry(address);
    if (below != null && address < below.getKey() + below.getValue().size()) {
      assertThat(memory.resolve(address, 1).byteSize()).isEqualTo(1);
    } else {
      assertRefused(Errno.EFAULT, () -> memory.resolve(address, 1));
    }
  }

  @Test
  void manyThreadsNeverShareAnAddress() {
    List<Background<List<HostBuffer>>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      users.add(
          Background.call(
              () -> {
                List<HostBuffer> kept = new ArrayList<>();
                for (int n = 0; n < 1000; n++) {
                  kept.add(memory.place(fake(100), 1, HIGH));
                  if (n % 2 == 0) {
                    kept.removeFirst().close();
                  }
                }
                return kept;
              }));
    }
    TreeMap<Long, HostBuffer> all = new TreeMap<>();
    for (Background<List<HostBuffer>> user : users) {
      user.join()
          .forEach(
              buffer -> {
                checkPlaced(all, buffer, 100, 1, HIGH);
                all.put(buffer.address(), buffer);
              });
    }

    assertThat(memory.inUse()).isEqualTo(2000).isEqualTo(all.size());
  }
}
