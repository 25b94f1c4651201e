package org.mdev4j.replay.shadow;

/**
 * Where the regions of a subchannel are in its file, and which writes ask it for something ({@code
 * spec/ccw.md} 4).
 */
public final class CcwRegions {
  /** ORB, SCSW, IRB, return code. */
  public static final int IO = 0;

  /** Asynchronous command, return code. */
  public static final int COMMAND = 1;

  public static final int SCHIB = 2;
  public static final int CRW = 3;

  /** Bytes of the I/O region. */
  public static final int IO_SIZE = 124;

  public static final int COMMAND_SIZE = 8;

  /** In the I/O region: where the SCSW is that says what is asked for. */
  public static final int SCSW = 12;

  public static final int IRB = 24;

  /** As much of the IRB as the hardware stores. */
  public static final int IRB_STORED = 64;

  /** In the I/O region. */
  public static final int IO_RETURN_CODE = 120;

  /** In the command region. */
  public static final int COMMAND_RETURN_CODE = 4;

  private static final int SHIFT = 10;
  private static final int[] SIZES = {IO_SIZE, COMMAND_SIZE, 52, 8};

  private CcwRegions() {}

  /** The region at a position of the file, or -1. */
  public static int index(long position) {
    long index = position >>> SHIFT;
    return index < SIZES.length ? (int) index : -1;
  }

  /** Where a position is in its region. */
  public static int offset(long position) {
    return (int) (position & (1 << SHIFT) - 1);
  }

  /** Whether an access is within one region. */
  public static boolean isInside(long position, long size) {
    int index = index(position);
    return index >= 0 && offset(position) + size <= SIZES[index];
  }

  /**
   * Whether a write within one of the two regions asks for something: it must touch the request,
   * ORB and SCSW or the command. The kernel takes every write for a request.
   */
  public static boolean isRequest(long position, int size) {
    int offset = offset(position);
    return switch (index(position)) {
      case IO -> size > 0 && offset < IRB;
      case COMMAND -> size > 0 && offset < COMMAND_RETURN_CODE;
      default -> false;
    };
  }

  /** Whether a read of the region of channel reports takes one: it must touch the word. */
  public static boolean takesReport(long position, int size) {
    return index(position) == CRW && size > 0 && offset(position) < Integer.BYTES;
  }
}
