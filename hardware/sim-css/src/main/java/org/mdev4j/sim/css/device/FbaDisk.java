package org.mdev4j.sim.css.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;
import org.mdev4j.sim.css.layout.BigEndian;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed-block disk, 6310 control unit and 9336 device, in a file: blocks of 512 bytes.
 *
 * <p>A program defines an extent, locates blocks in it, and then reads or writes them, with as many
 * commands as it likes. Extent and location are forgotten when the next program begins.
 */
public final class FbaDisk extends BasicDevice {
  /** Bytes of a block. */
  public static final int BLOCK = 512;

  private static final Logger log = LoggerFactory.getLogger(FbaDisk.class);

  private static final int DEFINE_EXTENT = 0x63;
  private static final int LOCATE = 0x43;
  private static final int WRITE = 0x41;
  private static final int READ = 0x42;
  private static final int READ_DEVICE_CHARACTERISTICS = 0x64;

  private final BlockFile file;
  private @Nullable Extent extent;
  private @Nullable Located located;

  /** Blocks {@code first} to {@code last} of a data set that begins at block {@code location}. */
  private record Extent(boolean writable, long location, long first, long last) {}

  private static final class Located {
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
    super("FF 6310 80 9336 10");
    file = new BlockFile(path, readOnly);
  }

  @Override
  public void begin() {
    extent = null;
    located = null;
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  Outcome perform(int command, Transfer data) {
    if (!file.exists()) {
      return refuse(INTERVENTION_REQUIRED, 0);
    }
    try {
      return switch (command) {
        case DEFINE_EXTENT -> extent == null ? defineExtent(data) : reject();
        case LOCATE -> extent == null ? reject() : locate(extent, data);
        case READ -> located == null || located.writes ? reject() : read(located, data);
        case WRITE -> located == null || !located.writes ? reject() : write(located, data);
        case READ_DEVICE_CHARACTERISTICS -> readCharacteristics(data);
        default -> reject();
      };
    } catch (IOException e) {
      log.warn("disk failed", e);
      return fail(EQUIPMENT_CHECK, 0);
    }
  }

  /** Bytes: mask, 0, block size (2), location (4), first (4), last (4). */
  private Outcome defineExtent(Transfer data) throws IOException {
    byte[] bytes = data.take(16);
    if (bytes.length < 16) {
      return fail(COMMAND_REJECT, 0);
    }
    MemorySegment given = MemorySegment.ofArray(bytes);
    int permission = BigEndian.u8(given, 0) >>> 6;
    int size = BigEndian.u16(given, 2);
    Extent defined =
        new Extent(
            permission == 0,
            BigEndian.word(given, 4) & 0xFFFF_FFFFL,
            BigEndian.word(given, 8) & 0xFFFF_FFFFL,
            BigEndian.word(given, 12) & 0xFFFF_FFFFL);
    long blocks = file.size() / BLOCK;
    boolean fits =
        defined.first <= defined.last && defined.location + defined.last - defined.first < blocks;
    if (permission > 1 || (size != 0 && size != BLOCK) || !fits) {
      return fail(COMMAND_REJECT, 0);
    }
    extent = defined;
    return Outcome.DONE;
  }

  /** Bytes: operation, 0, block count (2), block number (4). */
  private Outcome locate(Extent within, Transfer data) {
    byte[] bytes = data.take(8);
    if (bytes.length < 8) {
      return fail(COMMAND_REJECT, 0);
    }
    MemorySegment given = MemorySegment.ofArray(bytes);
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
    if (writes && (!within.writable || file.isReadOnly())) {
      return fail(COMMAND_REJECT, WRITE_INHIBITED);
    }
    long block = within.location + number - within.first;
    located = new Located(writes, block, operation == 8 ? 0 : count);
    return Outcome.DONE;
  }

  private Outcome read(Located from, Transfer data) throws IOException {
    int space = data.space();
    while (from.left > 0 && space > 0) {
      byte[] block = file.read(from.block * BLOCK, BLOCK);
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
      file.write(to.block * BLOCK, block);
      advance(to);
    }
    return Outcome.DONE;
  }

  private static void advance(Located located) {
    located.block++;
    located.left--;
  }

  private Outcome readCharacteristics(Transfer data) throws IOException {
    byte[] answer = new byte[32];
    MemorySegment given = MemorySegment.ofArray(answer);
    BigEndian.u8(given, 0, 0);
    BigEndian.u8(given, 1, 0);
    BigEndian.u8(given, 2, 0x21);
    BigEndian.u8(given, 3, 0x10);
    BigEndian.u16(given, 4, BLOCK);
    BigEndian.word(given, 6, 1);
    BigEndian.word(given, 10, 1);
    BigEndian.word(given, 14, (int) (file.size() / BLOCK));
    data.offer(answer);
    return Outcome.DONE;
  }
}
