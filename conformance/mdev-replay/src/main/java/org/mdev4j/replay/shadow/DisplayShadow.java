package org.mdev4j.replay.shadow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registers, the EDID and the pictures of an mbochs display. */
public final class DisplayShadow {
  /** How many registers set the mode. */
  public static final int MODE_REGISTERS = 11;

  /** Where they are, in the region of registers. */
  public static final int MODE = 0x500;

  private static final int EDID_MOST = 0x400;
  private static final int EDID_BLOB = 0x800;
  private static final int EDID_MAX_SIZE = 0x04;
  private static final int EDID_SIZE = 0x08;
  private static final int LIMITS = 0x0c;
  private static final int LIMITS_END = 0x14;
  private static final int LINK_STATE = 0x14;
  private static final int MEMORY_UNIT = 64 << 10;
  private static final int IDENTITY = 0xb0c5;
  private static final int LEAST_SIDE = 64;
  private static final int PAGE = 4096;

  private final Model model;
  private final int[] mode = new int[MODE_REGISTERS];
  private final byte[] blob = new byte[EDID_MOST];
  private int edidSize;
  private int linkState;
  private final Map<Picture, Integer> ids = new HashMap<>();
  private int lastId;

  DisplayShadow(Model model) {
    this.model = model;
    reset();
  }

  /** A mode: a picture in memory. */
  public record Picture(int width, int height, int stride, int offset, int size) {}

  /** The values of the registers that set the mode. */
  public int[] mode() {
    return mode.clone();
  }

  /** The picture that the registers say; null if they say none. */
  public @Nullable Picture picture() {
    long stride = Math.max(mode[6], mode[1]) * 4L;
    long size = stride * mode[2];
    long offset = mode[8] * 4L + mode[9] * stride;
    boolean valid =
        (mode[4] & 1) != 0
            && mode[3] == 32
            && mode[1] >= LEAST_SIDE
            && mode[2] >= LEAST_SIDE
            && offset + size <= model.memory();
    return valid ? new Picture(mode[1], mode[2], (int) stride, (int) offset, (int) size) : null;
  }

  /** The id that a picture has, or gets when it is asked for next. */
  public int idOf(Picture picture) {
    return ids.getOrDefault(picture, lastId + 1);
  }

  /** The errno of a hand-over of that id; null if it works. */
  public @Nullable String handOver(int id) {
    for (Map.Entry<Picture, Integer> entry : ids.entrySet()) {
      if (entry.getValue() == id) {
        return entry.getKey().offset % PAGE == 0 ? null : "EINVAL";
      }
    }
    return "ENOENT";
  }

  /** What a read of the region of registers gives. */
  public byte[] readRegisters(long offset, int size) {
    byte[] result = new byte[size];
    Units.forEach(
        offset,
        size,
        (at, width, done) -> {
          if (isMode(at, width)) {
            int value = mode[(int) (at - MODE) / 2];
            result[done] = (byte) value;
            result[done + 1] = (byte) (value >> Byte.SIZE);
          } else {
            for (int i = 0; i < width; i++) {
              result[done + i] = guestEdid(at + i);
            }
          }
        });
    return result;
  }

  /** What a read of the region of the EDID gives; null where the limits of the type are read. */
  public byte @Nullable [] readEdid(long offset, int size) {
    if (offset < LIMITS_END && offset + size > LIMITS) {
      return null;
    }
    byte[] result = new byte[size];
    Units.forEach(
        offset,
        size,
        (at, width, done) -> {
          int value = width == Integer.BYTES ? register(at) : 0;
          for (int i = 0; i < width; i++) {
            long blobAt = at + i - EDID_BLOB;
            if (blobAt >= 0) {
              result[done + i] = blobAt < EDID_MOST ? blob[(int) blobAt] : 0;
            } else {
              result[done + i] = (byte) (value >> (i * Byte.SIZE));
            }
          }
        });
    return result;
  }

  /** Somebody asked for the plane. */
  void asked() {
    Picture picture = picture();
    if (picture != null && !ids.containsKey(picture)) {
      lastId++;
      ids.put(picture, lastId);
    }
  }

  void writeRegisters(long offset, byte[] data) {
    Units.forEach(
        offset,
        data.length,
        (at, width, done) -> {
          if (isMode(at, width)) {
            mode[(int) (at - MODE) / 2] = (data[done] & 0xff) | (data[done + 1] & 0xff) << 8;
          }
        });
  }

  void writeEdid(long offset, byte[] data) {
    Units.forEach(
        offset,
        data.length,
        (at, width, done) -> {
          if (at >= EDID_BLOB) {
            for (int i = 0; i < width && at + i - EDID_BLOB < EDID_MOST; i++) {
              blob[(int) at + i - EDID_BLOB] = data[done + i];
            }
          } else if (width == Integer.BYTES) {
            int value = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getInt(done);
            edidSize = at == EDID_SIZE ? value : edidSize;
            linkState = at == LINK_STATE ? value : linkState;
          }
        });
  }

  /** RESET: the registers that set the mode, and nothing else. */
  void reset() {
    Arrays.fill(mode, 0);
    mode[0] = IDENTITY;
    mode[10] = model.memory() / MEMORY_UNIT;
  }

  /** The last user has gone; ids go on. */
  void forget() {
    reset();
    Arrays.fill(blob, (byte) 0);
    edidSize = 0;
    linkState = 0;
    ids.clear();
  }

  private int register(long at) {
    if (at == 0) {
      return EDID_BLOB;
    }
    if (at == EDID_MAX_SIZE) {
      return EDID_MOST;
    }
    return at == EDID_SIZE ? edidSize : at == LINK_STATE ? linkState : 0;
  }

  private byte guestEdid(long at) {
    boolean there = linkState == 1 && at < EDID_MOST && at < Integer.toUnsignedLong(edidSize);
    return there ? blob[(int) at] : 0;
  }

  private static boolean isMode(long at, int width) {
    return width == 2 && at >= MODE && at < MODE + MODE_REGISTERS * 2;
  }
}
