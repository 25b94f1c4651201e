package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.dma.NaiveSpace.Manner;

/** Long random runs against {@link NaiveSpace}: every answer, byte, bit and count is compared. */
class DmaSpaceModelTest {
  private static final int OPERATIONS = 10_000;
  private static final int ENTRIES = 10;
  private static final int PAGE = 4096;
  private static final long[] NEIGHBOURHOODS = {0, Long.MIN_VALUE - 6 * PAGE, -12L * PAGE};

  private record User(NaiveSpace.Device model, DeviceDma real) {}

  private record Mappable(NaiveSpace.Memory model, MemorySegment segment, GuestMemory real) {}

  private final Host host = Host.builder().withoutDiscovery().start();
  private final List<Mappable> memories = new ArrayList<>();
  private final List<User> users = new ArrayList<>();
  private final Map<Long, Long> addresses = new HashMap<>();
  private final Map<String, Integer> outcomes = new TreeMap<>();

  @ParameterizedTest
  @CsvSource({"1,true", "2,true", "3,true", "4,true", "5,true", "6,false", "7,false"})
  @DisplayName("5: random operations are answered as the reference model answers them")
  void run(long seed, boolean v2) {
    DmaSpace space = new DmaSpace(host.memory(), ENTRIES, v2);
    NaiveSpace naive = new NaiveSpace(v2, ENTRIES);
    Random random = new Random(seed);
    addMemories(random);
    for (Manner manner : Manner.values()) {
      attach(space, naive, manner);
    }
    for (int i = 0; i < OPERATIONS; i++) {
      String what = "seed " + seed + ", operation " + i;
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> map(space, naive, random, what);
        case 4, 5 -> unmap(space, naive, random, what);
        case 6, 7, 8, 9 -> pin(naive, random, what);
        case 10, 11 -> unpin(naive, random);
        case 12, 13, 14, 15, 16 -> copy(naive, random, what);
        case 17, 18 -> dirtyPages(space, naive, random, what);
        default -> reattach(space, naive, random);
      }
      assertThat(space.available()).as(what).isEqualTo(naive.available());
      assertThat(space.pinnedPages()).as(what).isEqualTo(naive.pinnedPages());
      assertThat(host.memory().inUse()).as(what).isEqualTo(naive.pinnedPages());
      if (i % 100 == 0) {
        compareMemories(what);
      }
    }
    compareMemories("at the end of seed " + seed);
    users.forEach(user -> user.real.close());
    assertThat(host.memory().inUse()).isZero();
    space.close();
    host.close();
    assertThat(outcomes.keySet()).as("what the run came across").containsAll(expected(v2));
  }

  /** A run that never meets a rule does not test it. */
  private static Set<String> expected(boolean v2) {
    Set<Errno> common = EnumSet.of(Errno.EINVAL, Errno.EPERM, Errno.EFAULT);
    Set<String> names = new TreeSet<>();
    common.forEach(errno -> names.add("copy " + errno));
    List.of("EINVAL", "EEXIST", "ENOSPC", "ENOENT", "ok").forEach(o -> names.add("map " + o));
    List.of("EINVAL", "EBUSY", "ok").forEach(o -> names.add("unmap " + o));
    if (v2) {
      common.forEach(errno -> names.add("pin " + errno));
      List.of("pin E2BIG", "pin ok", "dirty EINVAL", "dirty EFAULT", "dirty ok", "unmap EFAULT")
          .forEach(names::add);
    } else {
      List.of("pin EACCES", "dirty EACCES").forEach(names::add);
    }
    return names;
  }

  private void addMemories(Random random) {
    addMemory(random, true, true);
    addMemory(random, true, true);
    addMemory(random, false, true);
    addMemory(random, true, false);
  }

  private void addMemory(Random random, boolean pinnable, boolean writable) {
    byte[] bytes = new byte[24 * PAGE];
    random.nextBytes(bytes);
    MemorySegment segment = Arena.ofAuto().allocate(bytes.length);
    segment.copyFrom(MemorySegment.ofArray(bytes));
    MemorySegment shown = writable ? segment : segment.asReadOnly();
    memories.add(
        new Mappable(
            new NaiveSpace.Memory(bytes, pinnable, writable),
            segment,
            pinnable ? GuestMemory.of(shown) : new Space.Remote(shown)));
  }

  private void compareMemories(String what) {
    for (Mappable memory : memories) {
      MemorySegment expected = MemorySegment.ofArray(memory.model.bytes());
      assertThat(memory.segment.mismatch(expected)).as(what).isEqualTo(-1);
    }
  }

  private void attach(DmaSpace space, NaiveSpace naive, Manner manner) {
    NaiveSpace.Device device = new NaiveSpace.Device(manner);
    DeviceDma[] real = new DeviceDma[1];
    int[] calls = new int[1];
    UnmapListener listener =
        (iova, size) -> {
          boolean letsGo =
              switch (manner) {
                case GOOD -> true;
                case SLOW -> ++calls[0] % 3 == 0;
                case REFUSING, DEAF -> false;
              };
          for (int i = 0; letsGo && i < 500; i++) {
            real[0].unpinPages(iova, (int) (size / PAGE));
          }
        };
    real[0] = space.attach(manner == Manner.DEAF ? null : listener);
    naive.attach(device);
    users.add(new User(device, real[0]));
  }

  private void reattach(DmaSpace space, NaiveSpace naive, Random random) {
    User user = users.get(random.nextInt(users.size()));
    if (user.model.attached && random.nextInt(4) > 0) {
      return;
    }
    if (user.model.attached) {
      naive.detach(user.model);
      user.real.close();
    } else {
      users.remove(user);
      attach(space, naive, user.model.manner);
    }
  }

  private void map(DmaSpace space, NaiveSpace naive, Random random, String what) {
    Mappable memory = memories.get(random.nextInt(memories.size()));
    int flags = random.nextInt(8) == 0 ? random.nextInt(10) : random.nextInt(4) == 0 ? 1 : 3;
    DmaMap request =
        new DmaMap(
            random.nextInt(40) == 0 ? 31 : 32,
            flags,
            memory.real,
            odd(random, random.nextInt(21) * PAGE),
            odd(random, iova(random)),
            odd(random, random.nextInt(7) * PAGE));
    String real = outcome(() -> run(() -> space.map(request)));
    assertThat(real)
        .as("%s: %s", what, request)
        .isEqualTo(outcome(() -> run(() -> naive.map(request, memory.model))));
    count("map", real);
  }

  private void unmap(DmaSpace space, NaiveSpace naive, Random random, String what) {
    int flags = random.nextInt(3) == 0 ? 1 : random.nextInt(30) == 0 ? random.nextInt(9) : 0;
    boolean all = flags == DmaUnmap.ALL && random.nextInt(3) > 0;
    long size = all ? 0 : odd(random, random.nextInt(9) * PAGE);
    Bits bits = new Bits(random, size >>> 12);
    DmaUnmap request =
        new DmaUnmap(
            random.nextInt(40) == 0 ? 23 : 48,
            flags,
            all ? 0 : odd(random, iova(random)),
            size,
            bits.bitmap);
    String real = outcome(() -> space.unmap(request));
    assertThat(real)
        .as("%s: %s", what, request)
        .isEqualTo(outcome(() -> naive.unmap(request, bits.expected, bits.tooShort)));
    bits.check(what);
    count("unmap", real);
  }

  private void dirtyPages(DmaSpace space, NaiveSpace naive, Random random, String what) {
    int flags =
        switch (random.nextInt(20)) {
          case 0 -> random.nextInt(9);
          case 1, 2, 3 -> DirtyPages.START;
          case 4 -> DirtyPages.STOP;
          default -> DirtyPages.GET;
        };
    long size = odd(random, random.nextInt(14) * PAGE);
    Bits bits = new Bits(random, size >>> 12);
    DirtyPages request =
        new DirtyPages(
            random.nextInt(40) == 0 ? 47 : 48, flags, odd(random, iova(random)), size, bits.bitmap);
    String real = outcome(() -> run(() -> space.dirtyPages(request)));
    assertThat(real)
        .as("%s: %s", what, request)
        .isEqualTo(
            outcome(() -> run(() -> naive.dirtyPages(request, bits.expected, bits.tooShort))));
    bits.check(what);
    count("dirty", real);
  }

  private void pin(NaiveSpace naive, Random random, String what) {
    User user = users.get(random.nextInt(users.size()));
    long iova = odd(random, iova(random));
    int count = random.nextInt(30) == 0 ? random.nextInt(700) - 50 : 1 + random.nextInt(4);
    int prot = random.nextInt(20) == 0 ? random.nextInt(6) : random.nextInt(4) == 0 ? 3 : 1;
    List<Boolean> pinned = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pinned.add(naive.isPinned((iova >>> 12) + i));
    }
    List<PinnedPage> pages = new ArrayList<>();
    String real = outcome(() -> run(() -> pages.addAll(user.real.pinPages(iova, count, prot))));
    assertThat(real)
        .as("%s: pin %d at %x for %d", what, count, iova, prot)
        .isEqualTo(outcome(() -> run(() -> naive.pin(user.model, iova, count, prot))));
    for (int i = 0; i < pages.size(); i++) {
      PinnedPage page = pages.get(i);
      assertThat(page.iova()).as(what).isEqualTo(iova + (long) i * PAGE);
      if (pinned.get(i)) {
        assertThat(page.address()).as(what).isEqualTo(addresses.get(page.iova()));
      }
      addresses.put(page.iova(), page.address());
      assertThat(host.memory().resolve(page.address(), PAGE)).isEqualTo(page.segment());
    }
    count("pin", real);
  }

  private void unpin(NaiveSpace naive, Random random) {
    User user = users.get(random.nextInt(users.size()));
    long iova = odd(random, iova(random));
    int count = random.nextInt(40) == 0 ? random.nextInt(600) - 50 : 1 + random.nextInt(6);
    user.real.unpinPages(iova, count);
    naive.unpin(user.model, iova, count);
  }

  private void copy(NaiveSpace naive, Random random, String what) {
    User user = users.get(random.nextInt(users.size()));
    boolean write = random.nextBoolean();
    long iova = iova(random) + random.nextInt(PAGE);
    byte[] buffer = new byte[random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(6000)];
    random.nextBytes(buffer);
    byte[] expected = buffer.clone();
    MemorySegment segment = MemorySegment.ofArray(buffer);
    String real =
        outcome(
            () ->
                run(
                    write
                        ? () -> user.real.write(iova, segment)
                        : () -> user.real.read(iova, segment)));
    assertThat(real)
        .as("%s: copy %d at %x, write %s", what, buffer.length, iova, write)
        .isEqualTo(outcome(() -> run(() -> naive.copy(user.model, iova, expected, write))));
    assertThat(buffer).as(what).isEqualTo(expected);
    count("copy", real);
  }

  /**
   * A page in one of the neighbourhoods: the start, the middle and the end of the address space.
   */
  private static long iova(Random random) {
    return NEIGHBOURHOODS[random.nextInt(NEIGHBOURHOODS.length)] + random.nextInt(12) * (long) PAGE;
  }

  /** Rarely a little more than {@code value}. */
  private static long odd(Random random, long value) {
    return random.nextInt(60) == 0 ? value + 1 + random.nextInt(PAGE - 1) : value;
  }

  private void count(String what, String outcome) {
    boolean isErrno = outcome.startsWith("E");
    outcomes.merge(what + " " + (isErrno ? outcome : "ok"), 1, Integer::sum);
  }

  private static String outcome(Supplier<Object> action) {
    try {
      return String.valueOf(action.get());
    } catch (ErrnoException refusal) {
      return refusal.errno().name();
    }
  }

  private static Object run(Runnable action) {
    action.run();
    return "done";
  }

  /**
   * A user's bitmap with some bits set, right or wrong for so many pages, and what it must become.
   */
  private static final class Bits {
    final boolean tooShort;
    final UserBitmap bitmap;
    final boolean[] expected;

    Bits(Random random, long pages) {
      long size = (pages + 63) / 64 * 8;
      tooShort = random.nextInt(8) == 0 && size > 0;
      byte[] bytes = new byte[(int) size - (tooShort ? 1 : 0)];
      random.nextBytes(bytes);
      MemorySegment data = MemorySegment.ofArray(bytes);
      long told = random.nextInt(30) == 0 ? size - 8 : size;
      bitmap = new UserBitmap(random.nextInt(30) == 0 ? 2 * PAGE : PAGE, told, data);
      expected = bits(data);
    }

    void check(String what) {
      assertThat(bits(bitmap.data())).as(what).isEqualTo(expected);
    }

    private static boolean[] bits(MemorySegment data) {
      boolean[] bits = new boolean[(int) data.byteSize() * 8];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = (data.get(ValueLayout.JAVA_BYTE, i / 8) >> (i % 8) & 1) != 0;
      }
      return bits;
    }
  }
}
