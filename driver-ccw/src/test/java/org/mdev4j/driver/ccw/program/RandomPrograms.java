package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;

/**
 * Makes channel programs of good and bad CCWs in memory that begins at an IOVA: up to four chains
 * in the first 4 KiB, lists of IDAWs in the second, data from 16 KiB on. TICs only lead forward, so
 * every program ends. What a CCW refers to is always mapped, if it can be executed at all.
 */
public final class RandomPrograms {
  /** Bytes of memory that the programs use. */
  public static final int SIZE = 1 << 16;

  private static final int CHAIN = 0x400;
  private static final int CHAINS = 4;
  private static final int LISTS = 0x1000;
  private static final int LIST = 64;
  private static final int DATA = 0x4000;
  private static final int PAGES = (SIZE - DATA) / 4096;
  private static final int STATUS_MODIFIER = 0x0F;
  private static final int[] COMMANDS = {
    0x02, 0x02, 0x02, 0x01, 0x01, 0x05, 0x05, 0x03, 0x0F, 0x04, 0x0E, 0x77, 0x08, 0x08, 0x08, 0x00,
    0x18
  };
  private static final int[] FLAGS = {
    0x20, 0x00, 0x40, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0xA0, 0x80, 0x80, 0xC0, 0x30, 0x70, 0x90,
    0x24, 0x64, 0x64, 0xA4, 0x84, 0x02, 0x01
  };

  private final Random random;
  private final int base;

  public RandomPrograms(long seed, int base) {
    random = new Random(seed);
    this.base = base;
  }

  /** Fills the memory anew; an ORB for the program in it. */
  public Orb fill(MemorySegment memory) {
    byte[] all = new byte[SIZE];
    random.nextBytes(all);
    ByteBuffer bytes = ByteBuffer.wrap(all);
    for (int list = 0; list < LIST; list++) {
      for (int i = 0; i < LIST / Long.BYTES; i++) {
        // Later ones have an offset too, which nobody looks at.
        int page = DATA + 4096 * random.nextInt(PAGES);
        bytes.putLong(LISTS + LIST * list + Long.BYTES * i, base + page + random.nextInt(4096));
      }
    }
    boolean format1 = random.nextInt(3) > 0;
    for (int chain = 0; chain < CHAINS; chain++) {
      fillChain(bytes, chain, format1);
    }
    MemorySegment.copy(MemorySegment.ofArray(all), 0, memory, 0, SIZE);
    int bits = Orb.PREFETCH | Orb.FORMAT_2_IDAW | (random.nextInt(3) == 0 ? 0x80 : 0);
    return new Orb(random.nextInt(), 0x8000 | bits | (format1 ? Orb.FORMAT_1 : 0), base);
  }

  private void fillChain(ByteBuffer bytes, int chain, boolean format1) {
    int length = 1 + random.nextInt(10);
    boolean mayBeSkipped = false;
    for (int i = 0; i < length; i++) {
      int command = COMMANDS[random.nextInt(i == 0 ? 11 : COMMANDS.length)];
      if (command == STATUS_MODIFIER && i > length - 3) {
        command = 0x05;
      }
      Ccw ccw;
      if (mayBeSkipped) {
        // Only what is behind a chained CCW, or a TIC that leads back, belongs to the program.
        ccw = data(0x05, Ccw.CHAIN_COMMAND);
      } else if (command == Ccw.TIC || (!format1 && (command & 0xF) == Ccw.TIC)) {
        ccw = tic(command, chain, i, length);
      } else {
        ccw = data(command, i == length - 1 ? Ccw.SUPPRESS_LENGTH : randomFlags());
      }
      mayBeSkipped = !mayBeSkipped && command == STATUS_MODIFIER;
      int place = CHAIN * chain + Ccw.SIZE * i;
      bytes.putLong(place, format1 ? ccw.toFormat1() : ccw.toFormat0());
    }
    // Whoever runs past the end finds something that is no CCW.
    for (int i = length; i < length + 4; i++) {
      bytes.putLong(CHAIN * chain + Ccw.SIZE * i, 0);
    }
  }

  private Ccw tic(int command, int chain, int index, int length) {
    boolean within = chain == CHAINS - 1 || random.nextBoolean();
    int target =
        within
            ? CHAIN * chain + Ccw.SIZE * (index + 1 + random.nextInt(length - index))
            : CHAIN * (chain + 1 + random.nextInt(CHAINS - 1 - chain));
    return new Ccw(command, random.nextInt(12) == 0 ? Ccw.SUPPRESS_LENGTH : 0, 0, base + target);
  }

  private int randomFlags() {
    return FLAGS[random.nextInt(FLAGS.length)];
  }

  private Ccw data(int command, int flags) {
    int count = random.nextInt(random.nextInt(4) == 0 ? 6000 : 40);
    int address = DATA + random.nextInt(SIZE - DATA - 6000);
    if ((flags & Ccw.INDIRECT) != 0) {
      address = LISTS + LIST * random.nextInt(LIST);
    }
    return new Ccw(command, flags, random.nextInt(12) == 0 ? 0 : count, base + address);
  }
}
