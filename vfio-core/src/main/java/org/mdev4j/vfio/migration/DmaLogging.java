package org.mdev4j.vfio.migration;

import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DMA logging of one open device ({@code spec/vfio.md} 4.12): checks what the user asks for and
 * knows whether the log is on, so that no {@link DmaLog} has to.
 *
 * <p>Thread-safe: its monitor is held during the calls to the log.
 */
public final class DmaLogging implements AutoCloseable {
  /** The most ranges of one start: those that fill a page. */
  public static final int MAX_RANGES = 256;

  private static final Logger log = LoggerFactory.getLogger(DmaLogging.class);

  private final DmaLog device;
  private long pageSize;

  public DmaLogging(DmaLog device) {
    this.device = device;
  }

  /** Bytes of the pages that are logged now; 0 while the log is off. */
  public synchronized long pageSize() {
    return pageSize;
  }

  /**
   * Starts the log.
   *
   * @param ranges where to log
   * @param wanted the page size that the user would like, in bytes
   * @return the page size that the device has chosen
   * @throws ErrnoException {@code EINVAL} for no ranges, ranges that are empty, overlap or are not
   *     made of whole pages, a page size that is no power of two, or if the log is on; {@code
   *     E2BIG} for more than {@link #MAX_RANGES}; {@code EOVERFLOW} for a range whose end is no
   *     address; else what the device says
   */
  public synchronized long start(List<DmaRange> ranges, long wanted) {
    checkCount(ranges.size());
    checkRanges(ranges, wanted);
    if (pageSize != 0) {
      throw new ErrnoException(Errno.EINVAL, "the DMA log is on, with pages of " + pageSize);
    }
    long chosen;
    try {
      chosen = device.start(List.copyOf(ranges), wanted);
    } catch (RuntimeException failure) {
      throw ErrnoException.of(failure, "starting the DMA log");
    }
    if (Long.bitCount(chosen) != 1) {
      stopDevice();
      throw new ErrnoException(
          Errno.EIO, "the device logs pages of " + chosen + ", which is no power of two");
    }
    pageSize = chosen;
    return chosen;
  }

  /** Stops the log, if it is on. */
  public synchronized void stop() {
    if (pageSize != 0) {
      pageSize = 0;
      stopDevice();
    }
  }

  /**
   * Marks in {@code dirty} what the device has written since it was last asked.
   *
   * @throws ErrnoException {@code EINVAL} if the log is off, else what the device says
   */
  public synchronized void report(DirtyBitmap dirty) {
    if (pageSize == 0) {
      throw new ErrnoException(Errno.EINVAL, "the DMA log is off");
    }
    try {
      device.report(dirty);
    } catch (RuntimeException failure) {
      throw ErrnoException.of(failure, "reporting the DMA log");
    }
  }

  /** The last user has gone: the log is off. */
  @Override
  public void close() {
    stop();
  }

  /**
   * Whether a start with so many ranges is worth reading them.
   *
   * @throws ErrnoException {@code EINVAL} for none, {@code E2BIG} for too many
   */
  static void checkCount(long count) {
    if (count == 0) {
      throw new ErrnoException(Errno.EINVAL, "no ranges to log");
    }
    if (count > MAX_RANGES) {
      throw new ErrnoException(
          Errno.E2BIG, count + " ranges to log, " + MAX_RANGES + " is the limit");
    }
  }

  private static void checkRanges(List<DmaRange> ranges, long pageSize) {
    if (Long.bitCount(pageSize) != 1) {
      throw new ErrnoException(
          Errno.EINVAL, "page size " + Long.toUnsignedString(pageSize) + " is no power of two");
    }
    List<DmaRange> before = new ArrayList<>();
    for (DmaRange range : ranges) {
      if (((range.iova() | range.length()) & (pageSize - 1)) != 0 || range.length() == 0) {
        throw new ErrnoException(
            Errno.EINVAL, "range " + range + " is not made of pages of " + pageSize);
      }
      if (range.overflows()) {
        throw new ErrnoException(
            Errno.EOVERFLOW, "range " + range + " reaches beyond all addresses");
      }
      for (DmaRange other : before) {
        if (range.overlaps(other)) {
          throw new ErrnoException(Errno.EINVAL, "range " + range + " overlaps " + other);
        }
      }
      before.add(range);
    }
  }

  private void stopDevice() {
    try {
      device.stop();
    } catch (RuntimeException failure) {
      // The user must be able to stop; a log that broke has no say in it.
      log.error("the DMA log did not stop", failure);
    }
  }
}
