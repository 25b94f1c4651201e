package org.mdev4j.vfio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random accesses to random spaces, against a model that knows bits and nothing of PCI. */
class PciConfigSpacePropertyTest {
  private static final int ACCESSES = 5_000;

  /** One bit at a time: whether it is set, and whether it can be. */
  private static final class Bits {
    final boolean[] set = new boolean[PciConfigSpace.SIZE * 8];
    final boolean[] writable = new boolean[PciConfigSpace.SIZE * 8];

    void write(int offset, int width, long value) {
      for (int i = 0; i < width * 8; i++) {
        int bit = offset * 8 + i;
        if (writable[bit]) {
          set[bit] = (value >> i & 1) != 0;
        }
      }
    }

    long read(int offset, int width) {
      long value = 0;
      for (int i = 0; i < width * 8; i++) {
        value |= set[offset * 8 + i] ? 1L << i : 0;
      }
      return value;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithBits(long seed) {
    Random random = new Random(seed);
    Bits bits = new Bits();
    PciConfigSpace config = randomSpace(random, bits);
    for (int i = 0; i < ACCESSES; i++) {
      int width = 1 << random.nextInt(3);
      int offset = random.nextInt(PciConfigSpace.SIZE / width) * width;
      if (random.nextBoolean()) {
        long value = random.nextInt(4) == 0 ? -1 : random.nextLong();
        config.write(offset, width, value);
        bits.write(offset, width, value);
      }
      assertThat(config.read(offset, width))
          .as("seed %d, access %d: %d bytes at 0x%x", seed, i, width, offset)
          .isEqualTo(bits.read(offset, width));
    }
  }

  private static PciConfigSpace randomSpace(Random random, Bits bits) {
    int vendor = random.nextInt(1 << 16);
    int device = random.nextInt(1 << 16);
    PciConfigSpace.Builder builder = PciConfigSpace.builder(vendor, device);
    fix(bits, 0, 4, (long) device << 16 | vendor);
    for (int bar = 0; bar < 6; bar++) {
      randomBar(random, bar, builder, bits);
    }
    for (int at = 0x40; at < PciConfigSpace.SIZE; at++) {
      int value = random.nextInt(256);
      builder.bytes(at, (byte) value);
      fix(bits, at, 1, value);
      if (random.nextBoolean()) {
        int mask = random.nextInt(256);
        builder.writable(at, mask);
        free(bits, at, mask);
      }
    }
    return builder.build();
  }

  /** A BAR's writable bits are those from the one that its size is, up. */
  private static void randomBar(Random random, int bar, PciConfigSpace.Builder builder, Bits bits) {
    int at = 0x10 + 4 * bar;
    int log = 4 + random.nextInt(28);
    switch (random.nextInt(4)) {
      case 0 -> {
        return;
      }
      case 1 -> {
        builder.bar(bar, PciBar.io(1L << log));
        fix(bits, at, 4, 1);
      }
      case 2 -> builder.bar(bar, PciBar.memory(1L << log));
      default -> {
        builder.bar(bar, PciBar.prefetchableMemory(1L << log));
        fix(bits, at, 4, 8);
      }
    }
    for (int bit = log; bit < 32; bit++) {
      bits.writable[at * 8 + bit] = true;
    }
  }

  private static void fix(Bits bits, int at, int width, long value) {
    for (int i = 0; i < width * 8; i++) {
      bits.set[at * 8 + i] = (value >> i & 1) != 0;
    }
  }

  private static void free(Bits bits, int at, int mask) {
    for (int i = 0; i < 8; i++) {
      bits.writable[at * 8 + i] = (mask >> i & 1) != 0;
    }
  }
}
