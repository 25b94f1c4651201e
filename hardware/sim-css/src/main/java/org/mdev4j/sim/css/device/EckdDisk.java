package org.mdev4j.sim.css.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A subset of a count-key-data disk, 3990 control unit and 3390 device, in a file: 15 tracks per
 * cylinder, 12 records of 4096 bytes without key per track, numbered from 1.
 */
public final class EckdDisk extends Disk<EckdDisk.Extent, EckdDisk.Located> {
  /** Bytes of a record. */
  public static final int RECORD = 4096;

  private static final int TRACKS = 15;
  private static final int RECORDS = 12;
  private static final int LOCATE_RECORD = 0x47;
  private static final int READ_CONFIGURATION_DATA = 0xFA;
  private static final int MULTITRACK = 0x80;
  private static final int WRITE_DATA = 0x05;
  private static final int READ_DATA = 0x06;

  /** Tracks {@code begin} to {@code end}, counted from the begin of the disk. */
  record Extent(boolean writable, long begin, long end) {}

  static final class Located {
    final boolean writes;
    long track;
    int record;
    int left;

    Located(boolean writes, long track, int record, int count) {
      this.writes = writes;
      this.track = track;
      this.record = record;
      this.left = count;
    }
  }

  public EckdDisk(Path path, boolean readOnly) {
    this(new BlockFile(path, readOnly));
  }

  EckdDisk(BlockFile file) {
    super("FF 3990 E9 3390 0C 00 40FA0100", file);
  }

  @Override
  Outcome transfer(int command, Transfer data) throws IOException {
    Extent within = extent();
    return switch (command) {
      case LOCATE_RECORD -> within == null ? reject() : locate(within, data);
      case READ_DATA, READ_DATA | MULTITRACK, WRITE_DATA, WRITE_DATA | MULTITRACK ->
          transferRecord(command, data);
      case READ_CONFIGURATION_DATA -> {
        data.offer(new byte[256]);
        yield Outcome.DONE;
      }
      default -> reject();
    };
  }

  /** Bytes: mask, attributes, block size (2), 4 more, begin CCHH (4), end CCHH (4). */
  @Override
  @Nullable Extent extent(MemorySegment given) throws IOException {
    int permission = BigEndian.u8(given, 0) >>> 6;
    long begin = track(given, 8);
    long end = track(given, 12);
    if (begin < 0 || end < begin || end >= file().size() / (RECORDS * RECORD)) {
      return null;
    }
    return new Extent(permission == 0 || permission == 2, begin, end);
  }

  /** Bytes: operation, auxiliary, 0, count, seek CCHH (4), search CCHHR (5), sector, length (2). */
  private Outcome locate(Extent within, Transfer data) {
    MemorySegment given = parameters(data, 16);
    if (given == null) {
      return fail(COMMAND_REJECT, 0);
    }
    int operation = BigEndian.u8(given, 0) & 0x3F;
    boolean writes = operation == 0x01;
    if (!writes && operation != 0x06) {
      return fail(COMMAND_REJECT, 0);
    }
    long track = track(given, 8);
    if (track < within.begin || track > within.end) {
      return fail(0, FILE_PROTECTED);
    }
    int record = BigEndian.u8(given, 12);
    if (record < 1 || record > RECORDS) {
      return fail(0, NO_RECORD_FOUND);
    }
    if (writes && (!within.writable || file().isReadOnly())) {
      return fail(COMMAND_REJECT, WRITE_INHIBITED);
    }
    return locate(new Located(writes, track, record, BigEndian.u8(given, 3)));
  }

  private Outcome transferRecord(int command, Transfer data) throws IOException {
    Located at = located();
    Extent within = extent();
    boolean writes = (command & ~MULTITRACK) == WRITE_DATA;
    if (at == null || within == null || at.writes != writes || at.left == 0) {
      return reject();
    }
    if (at.record > RECORDS) {
      if ((command & MULTITRACK) == 0) {
        return refuse(0, NO_RECORD_FOUND);
      }
      at.track++;
      at.record = 1;
    }
    if (at.track > within.end) {
      return refuse(0, FILE_PROTECTED);
    }
    long position = (at.track * RECORDS + at.record - 1) * RECORD;
    at.record++;
    at.left--;
    if (writes) {
      file().write(position, Arrays.copyOf(data.take(RECORD), RECORD));
    } else {
      data.offer(file().read(position, RECORD));
    }
    return Outcome.DONE;
  }

  @Override
  byte[] characteristics() throws IOException {
    byte[] answer = new byte[64];
    MemorySegment given = MemorySegment.ofArray(answer);
    MemorySegment.copy(MemorySegment.ofArray(identity()), 1, given, 0, 6);
    BigEndian.u16(given, 12, (int) (file().size() / (TRACKS * RECORDS * RECORD)));
    BigEndian.u16(given, 14, TRACKS);
    return answer;
  }

  /** The track at CCHH, or -1 if there is no such head. */
  private static long track(MemorySegment from, long offset) {
    int head = BigEndian.u16(from, offset + 2);
    return head < TRACKS ? (long) BigEndian.u16(from, offset) * TRACKS + head : -1;
  }
}
