package org.mdev4j.vfio.dma;

import org.jspecify.annotations.Nullable;

/**
 * An UNMAP_DMA request ({@code spec/vfio.md} 5.3). Numbers are unsigned.
 *
 * @param argsz size of the user's structure in bytes
 * @param flags {@link #GET_DIRTY_BITMAP} and others
 * @param iova first address
 * @param size bytes
 * @param bitmap for {@link #GET_DIRTY_BITMAP}
 */
public record DmaUnmap(int argsz, int flags, long iova, long size, @Nullable UserBitmap bitmap) {
  /** Size of the structure without the bitmap. */
  public static final int SIZE = 24;

  /** Tell which pages are dirty before they go. */
  public static final int GET_DIRTY_BITMAP = 1;

  /** Everything: {@code iova} and {@code size} are 0. */
  public static final int ALL = 2;

  /** Take the memory away, keep the mapping. */
  public static final int VADDR = 4;

  static final int KNOWN_FLAGS = GET_DIRTY_BITMAP | ALL | VADDR;

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Only for a request that passed {@link DmaRules}. */
  IovaRange range() {
    return has(ALL) ? IovaRange.ALL : IovaRange.of(iova, size);
  }
}
