package org.mdev4j.samples.mbochs;

import java.util.Arrays;
import org.mdev4j.vfio.model.Region.RegisterAccess;

/**
 * The region in which a user says what monitor is connected: registers of 32 bits, and behind them
 * the EDID. To change the EDID a user takes the link down, writes blob and size, and sets it up.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the contents; it is a leaf.
 */
final class EdidRegion implements RegisterAccess {
  static final int SIZE = 4096;

  /** The most bytes that an EDID has. */
  static final int MAX_EDID_SIZE = 0x400;

  private static final int BLOB = 0x800;

  private static final int EDID_OFFSET = 0x00;
  private static final int EDID_MAX_SIZE = 0x04;
  private static final int EDID_SIZE = 0x08;
  private static final int MAX_WIDTH = 0x0c;
  private static final int MAX_HEIGHT = 0x10;
  private static final int LINK_STATE = 0x14;

  private static final int LINK_UP = 1;

  private final MemorySize limits;
  private final byte[] blob = new byte[MAX_EDID_SIZE];
  private int edidSize;
  private int linkState;

  EdidRegion(MemorySize limits) {
    this.limits = limits;
  }

  @Override
  public synchronized long read(long offset, int width) {
    if (offset >= BLOB) {
      return Bytes.get(blob, MAX_EDID_SIZE, offset - BLOB, width);
    }
    return width == Integer.BYTES ? Integer.toUnsignedLong(register((int) offset)) : 0;
  }

  @Override
  public synchronized void write(long offset, int width, long value) {
    if (offset >= BLOB) {
      Bytes.put(blob, offset - BLOB, width, value);
    } else if (width == Integer.BYTES && offset == EDID_SIZE) {
      edidSize = (int) value;
    } else if (width == Integer.BYTES && offset == LINK_STATE) {
      linkState = (int) value;
    }
  }

  /** What a guest reads of it; zeros without a monitor and behind the EDID. */
  synchronized long seenByGuest(long offset, int width) {
    if (linkState != LINK_UP) {
      return 0;
    }
    int size = Integer.compareUnsigned(edidSize, MAX_EDID_SIZE) < 0 ? edidSize : MAX_EDID_SIZE;
    return Bytes.get(blob, size, offset, width);
  }

  /** Takes the monitor away. */
  synchronized void reset() {
    Arrays.fill(blob, (byte) 0);
    edidSize = 0;
    linkState = 0;
  }

  private int register(int offset) {
    return switch (offset) {
      case EDID_OFFSET -> BLOB;
      case EDID_MAX_SIZE -> MAX_EDID_SIZE;
      case EDID_SIZE -> edidSize;
      case MAX_WIDTH -> limits.maxWidth();
      case MAX_HEIGHT -> limits.maxHeight();
      case LINK_STATE -> linkState;
      default -> 0;
    };
  }
}
