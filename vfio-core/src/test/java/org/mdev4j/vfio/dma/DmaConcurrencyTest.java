package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Devices that copy and pin while the user maps and unmaps. Slot {@code n} of the address space is
 * two pages, and the memory that is mapped there holds nothing but the number {@code n + 1}; memory
 * that is not mapped is filled with another number, so whoever reads or writes late is found out.
 */
class DmaConcurrencyTest {
  private static final int SLOTS = 8;
  private static final long SLOT_SIZE = 2 * Space.PAGE;
  private static final long POISON = -1;
  private static final int ROUNDS = 4_000;

  private final Space space = Space.v2();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Set<Errno> seen = ConcurrentHashMap.newKeySet();
  private final AtomicLong copied = new AtomicLong();
  private final List<Parallel> devices = new ArrayList<>();

  @AfterEach
  void close() {
    space.close();
  }

  private static void fill(MemorySegment segment, long value) {
    for (long at = 0; at < segment.byteSize(); at += Long.BYTES) {
      segment.set(ValueLayout.JAVA_LONG, at, value);
    }
  }

  private static void expect(MemorySegment segment, long value) {
    for (long at = 0; at < segment.byteSize(); at += Long.BYTES) {
      assertThat(segment.get(ValueLayout.JAVA_LONG, at)).isEqualTo(value);
    }
  }

  /** The user: maps and unmaps every {@code step}-th slot. */
  private void user(int first, int step) {
    Random random = new Random(first);
    List<MemorySegment> memory = new ArrayList<>();
    boolean[] mapped = new boolean[SLOTS];
    for (int slot = 0; slot < SLOTS; slot++) {
      memory.add(Arena.ofAuto().allocate(SLOT_SIZE, 8));
      fill(memory.get(slot), POISON);
    }
    for (int round = 0; round < ROUNDS; round++) {
      int slot = first + step * random.nextInt(SLOTS / step);
      MemorySegment of = memory.get(slot);
      if (!mapped[slot]) {
        expect(of, POISON);
        fill(of, slot + 1);
        space.map(slot * SLOT_SIZE, 2, Space.RW, GuestMemory.of(of), 0);
        mapped[slot] = true;
      } else if (attempt(() -> space.unmap(slot * SLOT_SIZE, SLOT_SIZE))) {
        expect(of, slot + 1);
        fill(of, POISON);
        mapped[slot] = false;
      }
    }
  }

  private boolean attempt(Runnable action) {
    try {
      action.run();
      return true;
    } catch (ErrnoException refusal) {
      seen.add(refusal.errno());
      return false;
    }
  }

  private void device(int seed) {
    Random random = new Random(seed);
    DeviceDma dma = space.dma.attach(null);
    MemorySegment buffer = MemorySegment.ofArray(new long[(int) SLOT_SIZE / Long.BYTES]);
    while (!ended.get()) {
      int slot = random.nextInt(SLOTS);
      if (random.nextBoolean()) {
        fill(buffer, slot + 1);
        if (attempt(() -> dma.write(slot * SLOT_SIZE, buffer))) {
          copied.incrementAndGet();
        }
      } else {
        long shift = slot + 1 < SLOTS && random.nextBoolean() ? Space.PAGE : 0;
        if (attempt(() -> dma.read(slot * SLOT_SIZE + shift, buffer))) {
          expect(buffer.asSlice(0, SLOT_SIZE - shift), slot + 1);
          expect(buffer.asSlice(SLOT_SIZE - shift), slot + 2);
          copied.incrementAndGet();
        }
      }
    }
    dma.close();
  }

  private void pinningDevice(int seed) {
    Random random = new Random(seed);
    DeviceDma dma = space.attachGoodDevice();
    while (!ended.get()) {
      int slot = random.nextInt(SLOTS);
      attempt(() -> dma.pinPages(slot * SLOT_SIZE, 1 + random.nextInt(3), Space.RW));
      if (random.nextInt(4) == 0) {
        dma.unpinPages(slot * SLOT_SIZE, 1 + random.nextInt(3));
      }
    }
    dma.close();
  }

  private void runUsers() {
    Parallel even = Parallel.run(() -> user(0, 2));
    Parallel odd = Parallel.run(() -> user(1, 2));
    try {
      even.join();
      odd.join();
    } finally {
      ended.set(true);
    }
    devices.forEach(Parallel::join);
  }

  @Test
  @DisplayName("5.4: copies meet EINVAL at most, never another mapping's bytes or unmapped memory")
  void copies() {
    for (int i = 0; i < 4; i++) {
      int seed = i;
      devices.add(Parallel.run(() -> device(seed)));
    }
    runUsers();
    assertThat(EnumSet.of(Errno.EINVAL)).containsAll(seen);
    assertThat(copied.get()).isPositive();
  }

  @Test
  @DisplayName("5.3, 5.4: with pinning devices unmapping is EBUSY at most, and no pin is left")
  void pins() {
    devices.add(Parallel.run(() -> device(0)));
    for (int i = 1; i < 4; i++) {
      int seed = i;
      devices.add(Parallel.run(() -> pinningDevice(seed)));
    }
    runUsers();
    assertThat(EnumSet.of(Errno.EINVAL, Errno.EBUSY)).containsAll(seen);
    assertThat(space.dma.pinnedPages()).isZero();
    assertThat(space.hostMemory().inUse()).isZero();
  }

  @Test
  @DisplayName("5.5: no write is lost between two GETs, however they meet")
  void dirtyMarks() {
    space.map(0, 64);
    space.startTracking();
    DeviceDma writer = space.dma.attach(null);
    AtomicLong rounds = new AtomicLong();
    Parallel device =
        Parallel.run(
            () -> {
              Random random = new Random(1);
              for (int i = 1; i <= 20_000; i++) {
                long page = random.nextInt(64);
                writer.write(page * Space.PAGE, number(i));
                rounds.set(i);
              }
            });
    // A copy kept up to date from what is told, as a migration does it.
    long[] copy = new long[64];
    boolean last;
    do {
      last = rounds.get() == 20_000;
      for (long page : space.dirty(0, 64)) {
        copy[(int) page] = space.segment.get(ValueLayout.JAVA_LONG, page * Space.PAGE);
      }
    } while (!last);
    device.join();
    for (int page = 0; page < 64; page++) {
      assertThat(space.segment.get(ValueLayout.JAVA_LONG, page * Space.PAGE)).isEqualTo(copy[page]);
    }
  }

  private static MemorySegment number(long value) {
    return MemorySegment.ofArray(new long[] {value});
  }
}
