package org.mdev4j.vfio.migration;

import java.util.List;

/**
 * A device that can say which of its user's pages it has written ({@code spec/vfio.md} 4.12). A
 * driver writes one; {@link DmaLogging} checks the requests and calls it.
 *
 * <p>What it throws reaches the user: an {@link org.mdev4j.device.errno.ErrnoException} as its
 * errno, anything else as {@code EIO}.
 *
 * <h2>Thread safety</h2>
 *
 * The calls never overlap.
 */
public interface DmaLog {
  /**
   * Begins to log what the device writes. Never called twice without a {@link #stop} between.
   *
   * @param ranges where to log: 1 to 256 ranges, none empty, no two overlapping, each a multiple of
   *     {@code pageSize} at a multiple of it
   * @param pageSize in bytes, a power of two; a wish
   * @return the size of the pages that it logs, a power of two
   */
  long start(List<DmaRange> ranges, long pageSize);

  /** Ends the logging and forgets the log. Cannot fail. */
  void stop();

  /**
   * Marks what the device has written in the range of {@code dirty} since the last report, or the
   * start, and forgets it. Called while logging only.
   */
  void report(DirtyBitmap dirty);
}
