package org.mdev4j.vfio.dma;

import org.jspecify.annotations.Nullable;

/**
 * A DIRTY_PAGES request ({@code spec/vfio.md} 5.5). Numbers are unsigned.
 *
 * @param argsz size of the user's structure in bytes
 * @param flags exactly one of {@link #START}, {@link #STOP}, {@link #GET}
 * @param iova for {@link #GET}: first address
 * @param size for {@link #GET}: bytes
 * @param bitmap for {@link #GET}
 */
public record DirtyPages(int argsz, int flags, long iova, long size, @Nullable UserBitmap bitmap) {
  /** Size of the structure without what follows it for {@link #GET}. */
  public static final int SIZE = 8;

  /** From now on, remember which pages are written. */
  public static final int START = 1;

  /** Forget it. */
  public static final int STOP = 2;

  /** Tell which pages were written since they were last told. */
  public static final int GET = 4;

  static final int KNOWN_FLAGS = START | STOP | GET;
  static final int GET_SIZE = 48;

  /** Only for a {@link #GET} that passed {@link DmaRules}. */
  IovaRange range() {
    return IovaRange.of(iova, size);
  }
}
