package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.layout.BigEndian;

/**
 * Runs a channel program where it lies, as plainly as can be: byte by byte, nothing at the same
 * time, every rule written out once ({@code spec/ccw.md} 7.9). Its device is the one that {@link
 * #COMMANDS} describes.
 *
 * <p>It does what a user of the driver gets, not what a bare machine does: in format 0 a count may
 * be 0 and a TIC has no flags, and the offset of a later IDAW is not looked at. It knows no
 * suspension, and no IDAWs but those of format 2 with 4 KiB blocks.
 */
public final class ReferenceChannel {
  /** What the device offers to command 02, and to 0E, which then fails. */
  static final byte[] INPUT = new byte[300];

  /** How many bytes command 01 takes; 05 takes all there are. */
  static final int OUTPUT = 24;

  /** The device, as the machine's JSON describes it. */
  public static final String COMMANDS;

  static {
    for (int i = 0; i < INPUT.length; i++) {
      INPUT[i] = (byte) (i + 1);
    }
    String input = HexFormat.of().formatHex(INPUT);
    COMMANDS =
        """
        {"02": {"data": "%s"}, "0E": {"data": "%s", "status": "0E", "sense": "0800"},
         "01": {"take": %d}, "05": {}, "0F": {"take": 0, "status": "4C"}}\
        """
            .formatted(input, input, OUTPUT);
  }

  /** Where addresses lead. */
  @FunctionalInterface
  public interface Memory {
    /**
     * The bytes at an address.
     *
     * @throws RuntimeException if they are not there
     */
    MemorySegment at(long address, int length);
  }

  /**
   * How a program ended.
   *
   * @param status status control
   * @param word2 device status, subchannel status, residual count
   */
  public record End(int status, int cpa, int word2) {
    @Override
    public String toString() {
      return String.format("status %02X, CPA %08X, %08X", status, cpa, word2);
    }
  }

  private static final class ProgramCheck extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Memory memory;
  private final Orb orb;
  private final byte[] sense;
  private final List<List<Byte>> received = new ArrayList<>();
  private int at;
  private Ccw ccw = new Ccw(0, 0, 0, 0);

  /**
   * @param sense the device's sense bytes, 32, which outlive a program
   */
  public ReferenceChannel(Memory memory, Orb orb, byte[] sense) {
    this.memory = memory;
    this.orb = orb;
    this.sense = sense;
  }

  /** What the device got, one list per command. */
  public List<List<Byte>> received() {
    return received;
  }

  public End run() {
    try {
      return interpret();
    } catch (ProgramCheck check) {
      return new End(0x17, at + Ccw.SIZE, 0x0020_0000);
    }
  }

  private End interpret() {
    int next = orb.cpa();
    boolean first = true;
    while (true) {
      fetch(next, first, false);
      first = false;
      int command = ccw.command();
      if (command != 0x03 && command != 0x04) {
        Arrays.fill(sense, (byte) 0);
      }
      End end =
          switch (command) {
            case 0x03 -> immediate(0x0C);
            case 0x0F -> immediate(0x4C);
            case 0x02 -> input(INPUT, 0x0C);
            case 0x0E -> failingInput();
            case 0x04 -> sense();
            case 0x01 -> output(OUTPUT);
            case 0x05 -> output(Integer.MAX_VALUE);
            default -> unknown();
          };
      boolean good = (end.word2 & 0xBFFF_0000) == 0x0C00_0000;
      if (!good || !ccw.has(Ccw.CHAIN_COMMAND) || ccw.has(Ccw.CHAIN_DATA)) {
        return end;
      }
      next = at + ((end.word2 & 0x4000_0000) != 0 ? 2 : 1) * Ccw.SIZE;
    }
  }

  private End unknown() {
    sense[0] = (byte) 0x80;
    return new End(0x17, at + Ccw.SIZE, 0x0200_0000 | ccw.count());
  }

  private End immediate(int status) {
    boolean reports = orb.has(Orb.FORMAT_1) && !orb.has(Orb.LENGTH_SUPPRESSION);
    return end(status, ccw.count(), reports && ccw.count() > 0);
  }

  private End sense() {
    byte[] taken = sense.clone();
    Arrays.fill(sense, (byte) 0);
    return input(taken, 0x0C);
  }

  private End failingInput() {
    End end = input(INPUT, 0x0E);
    sense[0] = 0x08;
    return end;
  }

  private End input(byte[] data, int status) {
    int left = ccw.count();
    int done = 0;
    while (done < data.length && left > 0) {
      if (!ccw.has(Ccw.SKIP)) {
        place(ccw.count() - left).set(ValueLayout.JAVA_BYTE, 0, data[done]);
      }
      done++;
      left = oneLess(left);
    }
    return end(status, left, left > 0 || done < data.length);
  }

  private End output(int wanted) {
    int left = ccw.count();
    List<Byte> taken = new ArrayList<>();
    while (taken.size() < wanted && left > 0) {
      taken.add(place(ccw.count() - left).get(ValueLayout.JAVA_BYTE, 0));
      left = oneLess(left);
    }
    received.add(taken);
    boolean all = wanted == Integer.MAX_VALUE || taken.size() == wanted;
    return end(0x0C, left, left > 0 || !all);
  }

  /** A byte has moved; the next CCW goes on when this one is full. */
  private int oneLess(int left) {
    if (left == 1 && ccw.has(Ccw.CHAIN_DATA)) {
      fetch(at + Ccw.SIZE, false, true);
      return ccw.count();
    }
    return left - 1;
  }

  private End end(int deviceStatus, int residual, boolean wrongLength) {
    boolean suppressed = ccw.has(Ccw.SUPPRESS_LENGTH) && !ccw.has(Ccw.CHAIN_DATA);
    int check = wrongLength && !suppressed ? 0x0040_0000 : 0;
    int alert = (deviceStatus & 0x02) != 0 ? 0x10 : 0;
    return new End(0x07 | alert, at + Ccw.SIZE, deviceStatus << 24 | check | residual);
  }

  private void fetch(int from, boolean first, boolean chainingData) {
    boolean afterTic = false;
    at = from;
    ccw = fetch();
    while (ccw.isTic(true)) {
      if (first || afterTic || (ccw.flags() | ccw.count()) != 0) {
        throw new ProgramCheck();
      }
      afterTic = true;
      at = ccw.address();
      ccw = fetch();
    }
    boolean noCommand = (ccw.command() & 0xF) == 0 && !chainingData;
    boolean noCount = ccw.count() == 0 && (chainingData || ccw.has(Ccw.CHAIN_DATA));
    boolean unknownFlags = (ccw.flags() & (Ccw.SUSPEND | Ccw.MODIFIED_INDIRECT)) != 0;
    if (noCommand || (ccw.command() & 0xF) == Ccw.TIC || noCount || unknownFlags) {
      throw new ProgramCheck();
    }
  }

  private Ccw fetch() {
    if (at % Ccw.SIZE != 0) {
      throw new ProgramCheck();
    }
    long word = BigEndian.doubleword(bytes(Integer.toUnsignedLong(at), Ccw.SIZE), 0);
    if (orb.has(Orb.FORMAT_1)) {
      return Ccw.format1(word);
    }
    Ccw short0 = Ccw.format0(word);
    return short0.isTic(false) ? new Ccw(Ccw.TIC, 0, 0, short0.address()) : short0;
  }

  /** A byte of the data area. */
  private MemorySegment place(int position) {
    long address = Integer.toUnsignedLong(ccw.address());
    if (!ccw.has(Ccw.INDIRECT)) {
      return bytes(address + position, 1);
    }
    long first = idaw(address, 0);
    long inFirst = (first & 0xFFF) + position;
    long page = idaw(address, (int) (inFirst >> 12)) & ~0xFFFL;
    return bytes(page + (inFirst & 0xFFF), 1);
  }

  private long idaw(long list, int index) {
    return BigEndian.doubleword(bytes(list + 8L * index, 8), 0);
  }

  private MemorySegment bytes(long address, int length) {
    try {
      return memory.at(address, length);
    } catch (RuntimeException absent) {
      throw new ProgramCheck();
    }
  }
}
