package org.mdev4j.vfio.dma;

import java.util.concurrent.atomic.AtomicLongArray;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Which pages of one mapping have been written since they were last told.
 *
 * <p>Marking is lock-free and loses nothing to a concurrent {@link #moveTo}: a mark is either told
 * now or kept for the next time.
 */
final class DirtyLog {
  private static final long MAX_PAGES = Integer.MAX_VALUE;

  private final AtomicLongArray words;

  private DirtyLog(AtomicLongArray words) {
    this.words = words;
  }

  /**
   * A log with no page marked.
   *
   * @throws ErrnoException {@code EINVAL} for more pages than a log can have; {@code ENOMEM}
   */
  static DirtyLog forPages(long pages) {
    if (pages > MAX_PAGES) {
      throw new ErrnoException(
          Errno.EINVAL, "dirty pages are tracked in mappings of up to 2^31-1 pages, not " + pages);
    }
    try {
      return new DirtyLog(new AtomicLongArray((int) ((pages + Long.SIZE - 1) >>> 6)));
    } catch (OutOfMemoryError failure) {
      throw new ErrnoException(Errno.ENOMEM, "no room to track " + pages + " pages", failure);
    }
  }

  void mark(long firstPage, long lastPage) {
    int lastWord = (int) (lastPage >>> 6);
    for (int word = (int) (firstPage >>> 6); word <= lastWord; word++) {
      long bits = -1L;
      if (word == firstPage >>> 6) {
        bits &= -1L << firstPage;
      }
      if (word == lastWord) {
        bits &= -1L >>> (Long.SIZE - 1 - lastPage);
      }
      if ((words.get(word) & bits) != bits) {
        words.getAndAccumulate(word, bits, (there, more) -> there | more);
      }
    }
  }

  /**
   * Tells {@code bitmap} the marked pages and forgets them. Page 0 is its bit {@code firstBit}.
   * When the bitmap can't be written, what it has not been told stays marked.
   */
  void moveTo(UserBitmap bitmap, long firstBit) {
    for (int word = 0; word < words.length(); word++) {
      long bits = words.get(word);
      if (bits == 0) {
        continue;
      }
      long position = firstBit + (long) word * Long.SIZE;
      bitmap.setBits(position >>> 6, bits << position);
      long carried = bits >>> 1 >>> (~position & (Long.SIZE - 1));
      if (carried != 0) {
        bitmap.setBits((position >>> 6) + 1, carried);
      }
      words.getAndAccumulate(word, bits, (there, told) -> there & ~told);
    }
  }
}
