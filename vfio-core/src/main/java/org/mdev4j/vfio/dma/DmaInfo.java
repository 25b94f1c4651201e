package org.mdev4j.vfio.dma;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What GET_INFO tells of an address space ({@code spec/vfio.md} 5.1).
 *
 * @param argsz the user's buffer size; the size that is needed if that was too small
 * @param flags {@link #PAGE_SIZES} and {@link #CAPS}
 * @param pageSizes bit mask of the sizes that can be mapped
 * @param capOffset where the capabilities begin, from the start of the structure; 0 without
 * @param available how many mappings can be made yet
 */
public record DmaInfo(int argsz, int flags, long pageSizes, int capOffset, int available) {
  /** The least that a user provides. */
  public static final int MIN_SIZE = 16;

  /** Size of the structure without capabilities. */
  public static final int SIZE = 24;

  /** The page sizes are told. */
  public static final int PAGE_SIZES = 1;

  /** There are capabilities. */
  public static final int CAPS = 2;

  private static final short MIGRATION = 2;
  private static final short DMA_AVAIL = 3;
  private static final short VERSION = 1;
  private static final int MIGRATION_SIZE = 32;
  private static final int DMA_AVAIL_SIZE = 12;

  static DmaInfo of(int argsz, int available) {
    int needed = SIZE + MIGRATION_SIZE + DMA_AVAIL_SIZE;
    boolean fits = Integer.compareUnsigned(argsz, needed) >= 0;
    return new DmaInfo(
        fits ? argsz : needed, PAGE_SIZES | CAPS, Pages.SIZES, fits ? SIZE : 0, available);
  }

  /** The chain as it follows the structure, little-endian; empty if there was no room for it. */
  public byte[] capabilities() {
    if (capOffset == 0) {
      return new byte[0];
    }
    return ByteBuffer.allocate(MIGRATION_SIZE + DMA_AVAIL_SIZE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(MIGRATION)
        .putShort(VERSION)
        .putInt(SIZE + MIGRATION_SIZE)
        .putLong(0)
        .putLong(Pages.SIZE)
        .putLong(UserBitmap.MAX_SIZE)
        .putShort(DMA_AVAIL)
        .putShort(VERSION)
        .putInt(0)
        .putInt(available)
        .array();
  }
}
