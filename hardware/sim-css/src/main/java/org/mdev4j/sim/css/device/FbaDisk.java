package org.mdev4j.sim.css.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A fixed-block disk, 6310 control unit and 9336 device, in a file: blocks of 512 bytes.
 *
 * <p>A program reads or writes the blocks that it has located with as many commands as it likes.
 */
public final class FbaDisk extends Disk<FbaDisk.Extent, FbaDisk.Located> {
  /** Bytes of a block. */
  public static final int BLOCK = 512;

  private static final int LOCATE = 0x43;
  private static final int WRITE = 0x41;
  private static final int READ = 0x42;

  /** Blocks {@code first} to {@code last} of a data set that begins at block {@code location}. */
  record Extent(boolean writable, long location, long first, long last) {}

  static final class Located {
    final boolean writes;
    long block;
    int left;

    Located(boolean writes, long block, int count) {
      this.writes = writes;
      this.block = block;
      this.left = count;
    }
  }

  public FbaDisk(Path path, boolean readOnly) {
    this(new BlockFile(path, readOnly));
  }

  FbaDisk(BlockFile file) {
    super("FF 6310 80 9336 10", file);
  }

  @Override
  Outcome transfer(int command, Transfer data) throws IOException {
    Extent within = extent();
    Located at = located();
    return switch (command) {
      case LOCATE -> within == null ? reject() : locate(within, data);
      case READ -> at == null || at.writes ? reject() : read(at, data);
      case WRITE -> at == null || !at.writes ? reject() : write(at, data);
      default -> reject();
    };
  }

  /** Bytes: mask, 0, block size (2), location (4), first (4), last (4). */
  @Override
  @Nullable Extent extent(MemorySegment given) throws IOException {
    int permission = BigEndian.u8(given, 0) >>> 6;
    int size = BigEndian.u16(given, 2);
    Extent defined =
        new Extent(
            permission == 0,
            BigEndian.word(given, 4) & 0xFFFF_FFFFL,
            BigEndian.word(given, 8) & 0xFFFF_FFFFL,
            BigEndian.word(given, 12) & 0xFFFF_FFFFL);
    long blocks = file().size() / BLOCK;
    boolean fits =
        defined.first <= defined.last && defined.location + defined.last - defined.first < blocks;
    return permission > 1 || (size != 0 && size != BLOCK) || !fits ? null : defined;
  }

  /** Bytes: operation, 0, block count (2), block number (4). */
  private Outcome locate(Extent within, Transfer data) {
    MemorySegment given = parameters(data, 8);
    if (given == null) {
      return fail(COMMAND_REJECT, 0);
    }
    int operation = BigEndian.u8(given, 0) & 0xF;
    int count = BigEndian.u16(given, 2);
    long number = BigEndian.word(given, 4) & 0xFFFF_FFFFL;
    boolean writes = operation == 5;
    if (!writes && operation != 6 && operation != 8) {
      return fail(COMMAND_REJECT, 0);
    }
    if (number < within.first || number + count - 1 > within.last) {
      return fail(0, FILE_PROTECTED);
    }
    if (writes && (!within.writable || file().isReadOnly())) {
      return fail(COMMAND_REJECT, WRITE_INHIBITED);
    }
    long block = within.location + number - within.first;
    return locate(new Located(writes, block, operation == 8 ? 0 : count));
  }

  private Outcome read(Located from, Transfer data) throws IOException {
    int space = data.space();
    while (from.left > 0 && space > 0) {
      byte[] block = file().read(from.block * BLOCK, BLOCK);
      advance(from);
      int done = 0;
      while (done < BLOCK && space > 0) {
        int length = Math.min(space, BLOCK - done);
        data.offer(java.util.Arrays.copyOfRange(block, done, done + length));
        done += length;
        space = data.space();
      }
    }
    return Outcome.DONE;
  }

  private Outcome write(Located to, Transfer data) throws IOException {
    while (to.left > 0 && data.space() > 0) {
      byte[] block = new byte[BLOCK];
      data.accept(block);
      file().write(to.block * BLOCK, block);
      advance(to);
    }
    return Outcome.DONE;
  }

  private static void advance(Located located) {
    located.block++;
    located.left--;
  }

  @Override
  byte[] characteristics() throws IOException {
    byte[] answer = new byte[32];
    MemorySegment given = MemorySegment.ofArray(answer);
    BigEndian.u8(given, 0, 0);
    BigEndian.u8(given, 1, 0);
    BigEndian.u8(given, 2, 0x21);
    BigEndian.u8(given, 3, 0x10);
    BigEndian.u16(given, 4, BLOCK);
    BigEndian.word(given, 6, 1);
    BigEndian.word(given, 10, 1);
    BigEndian.word(given, 14, (int) (file().size() / BLOCK));
    return answer;
  }
}
