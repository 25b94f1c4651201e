package org.mdev4j.sim.css.channel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.css.Orb;

/**
 * A second interpreter of channel programs, as plain as can be: one flat array of memory, no
 * asynchrony, every rule written out once. It knows the commands of {@link RandomProgramsTest}.
 */
final class SimpleInterpreter {
  private static final int TIC = 8;

  /** How a program ended. */
  record End(int status, int cpa, int word2) {}

  private static final class Check extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final byte[] memory;
  private final int base;
  private final boolean format1;
  private final boolean idaw8;
  private final int block;
  private final boolean noImmediateLength;
  private final int cpaOfOrb;
  private int at;
  private final byte[] sense;

  /** The data area of a command as a list of places, resolved lazily. */
  private int command;

  private int flags;
  private int count;
  private int address;

  /**
   * @param sense the device's sense bytes, which outlive a program
   */
  SimpleInterpreter(byte[] memory, int base, Orb orb, byte[] sense) {
    this.sense = sense;
    this.memory = memory;
    this.base = base;
    this.format1 = orb.has(Orb.FORMAT_1);
    this.idaw8 = orb.has(Orb.FORMAT_2_IDAW);
    this.block = idaw8 && !orb.has(Orb.IDAW_2K) ? 4096 : 2048;
    this.noImmediateLength = !format1 || orb.has(Orb.LENGTH_SUPPRESSION);
    this.cpaOfOrb = orb.cpa();
  }

  End run() {
    try {
      return interpret();
    } catch (Check check) {
      return new End(0x17, at + 8, 0x0020_0000);
    }
  }

  private End interpret() {
    int next = cpaOfOrb;
    boolean first = true;
    while (true) {
      fetch(next, first, false);
      first = false;
      if (command != 0x03 && command != 0x04) {
        java.util.Arrays.fill(sense, (byte) 0);
      }
      int status = 0x0C;
      boolean immediate = false;
      int wants = -1;
      byte[] gives = {};
      switch (command) {
        case 0x03 -> immediate = true;
        case 0x0F -> {
          immediate = true;
          status = 0x4C;
        }
        case 0x02 -> gives = RandomProgramsTest.INPUT;
        case 0x04 -> {
          gives = sense.clone();
          java.util.Arrays.fill(sense, (byte) 0);
        }
        case 0x0E -> {
          gives = RandomProgramsTest.INPUT;
          status = 0x0E;
        }
        case 0x01 -> wants = RandomProgramsTest.OUTPUT;
        case 0x05 -> wants = Integer.MAX_VALUE;
        default -> {
          sense[0] = (byte) 0x80;
          return new End(0x17, at + 8, 0x0200_0000 | count);
        }
      }
      boolean input = gives.length > 0;
      int operation = command;
      int left = count;
      int wanted = input ? gives.length : wants;
      int done = 0;
      List<Byte> taken = new ArrayList<>();
      while (!immediate && done < wanted && left > 0) {
        boolean skip = input && (flags & 0x10) != 0;
        if (!skip) {
          int place = place(count - left);
          if (input) {
            memory[place] = gives[done];
          } else {
            taken.add(memory[place]);
          }
        }
        done++;
        left--;
        if (left == 0 && (flags & 0x80) != 0) {
          fetch(at + 8, false, true);
          left = count;
        }
      }
      if (status == 0x0E) {
        sense[0] = 0x08;
      }
      boolean wrong;
      if (immediate) {
        wrong = count > 0 && !noImmediateLength;
      } else {
        wrong = left > 0 || (done < wanted && wanted != Integer.MAX_VALUE);
      }
      wrong &= (flags & 0xA0) != 0x20;
      if (operation == 0x01 || operation == 0x05) {
        record(taken);
      }
      boolean good = (status & ~0x40) == 0x0C;
      if (good && !wrong && (flags & 0xC0) == 0x40) {
        next = at + ((status & 0x40) != 0 ? 16 : 8);
        continue;
      }
      int alert = (status & 0x02) != 0 ? 0x10 : 0;
      return new End(0x07 | alert, at + 8, status << 24 | (wrong ? 0x40_0000 : 0) | left);
    }
  }

  private final List<List<Byte>> received = new ArrayList<>();

  private void record(List<Byte> taken) {
    received.add(taken);
  }

  List<List<Byte>> received() {
    return received;
  }

  private void fetch(int from, boolean first, boolean chainingData) {
    boolean tic = false;
    int next = from;
    while (true) {
      at = next;
      if (next % 8 != 0) {
        throw new Check();
      }
      long word = ByteBuffer.wrap(memory).getLong(check(next, 8));
      command = (int) (word >>> 56);
      if (format1) {
        flags = (int) (word >>> 48) & 255;
        count = (int) (word >>> 32) & 65535;
        address = (int) word;
      } else {
        address = (int) (word >>> 32) & 0xFFFFFF;
        flags = (int) (word >>> 24) & 255;
        count = (int) word & 65535;
      }
      boolean isTic = format1 ? command == TIC : (command & 15) == TIC;
      if (!isTic) {
        break;
      }
      if (first || tic || (format1 && (flags != 0 || count != 0))) {
        throw new Check();
      }
      tic = true;
      next = address;
    }
    if ((command & 15) == TIC || (!chainingData && (command & 15) == 0)) {
      throw new Check();
    }
    if (count == 0 && (!format1 || chainingData || (flags & 0x80) != 0)) {
      throw new Check();
    }
    if ((flags & 3) != 0 || address < 0) {
      throw new Check();
    }
    if ((flags & 4) != 0 && address % (idaw8 ? 8 : 4) != 0) {
      throw new Check();
    }
  }

  /** Index in memory of a byte of the data area. */
  private int place(int position) {
    if ((flags & 4) == 0) {
      return check((long) address + position, 1);
    }
    long firstWord = idaw(0);
    long from = firstWord % block + position;
    int index = (int) (from / block);
    long start = index == 0 ? firstWord - firstWord % block : idaw(index);
    if (start % block != 0) {
      throw new Check();
    }
    return check(start + from % block, 1);
  }

  private long idaw(int index) {
    ByteBuffer all = ByteBuffer.wrap(memory);
    return idaw8
        ? all.getLong(check(address + 8L * index, 8))
        : all.getInt(check(address + 4L * index, 4)) & 0xFFFFFFFFL;
  }

  private int check(long place, int length) {
    long index = place - base;
    if (index < 0 || index + length > memory.length) {
      throw new Check();
    }
    return (int) index;
  }
}
