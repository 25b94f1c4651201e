package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The features DMA_LOGGING_START, STOP and REPORT as bytes, with their pointers ({@code
 * spec/vfio.md} 3, 4.12); what they mean is {@link DmaLogging}'s.
 *
 * <p>Thread-safe: it has no state of its own.
 */
final class LoggingRequests {
  private static final int RANGE_SIZE = 16;
  private static final long SMALLEST_PAGE = 4096;

  private final DmaLogging logging;

  LoggingRequests(DmaLogging logging) {
    this.logging = logging;
  }

  /** By feature index. */
  Map<Integer, Feature> features() {
    return Map.of(
        6, new Feature(DeviceFeatures.SET, 24, this::start),
        7, new Feature(DeviceFeatures.SET, 0, this::stop),
        8, new Feature(DeviceFeatures.GET, 32, this::report));
  }

  /** {@code u64 page_size, u32 num_ranges, u32 reserved, u64 ranges}; page_size is answered. */
  private void start(Feature.Request request) {
    MemorySegment data = request.data();
    long pageSize = data.get(Wire.U64, 0);
    long count = Integer.toUnsignedLong(data.get(Wire.U32, 8));
    DmaLogging.checkCount(count);
    MemorySegment ranges = request.resolve(data.get(Wire.U64, 16), count * RANGE_SIZE);
    data.set(Wire.U64, 0, logging.start(decode(ranges, count), pageSize));
  }

  private void stop(Feature.Request request) {
    logging.stop();
  }

  /** {@code u64 iova, u64 length, u64 page_size, u64 bitmap}. */
  private void report(Feature.Request request) {
    MemorySegment data = request.data();
    long iova = data.get(Wire.U64, 0);
    long length = data.get(Wire.U64, 8);
    long pageSize = data.get(Wire.U64, 16);
    if (Long.compareUnsigned(pageSize, SMALLEST_PAGE) < 0) {
      throw new ErrnoException(
          Errno.EINVAL, "pages of " + pageSize + " bytes, " + SMALLEST_PAGE + " is the smallest");
    }
    long size = DirtyBitmap.byteSize(iova, length, pageSize);
    MemorySegment bits = request.resolve(data.get(Wire.U64, 24), size);
    logging.report(new DirtyBitmap(iova, length, pageSize, bits));
  }

  /** {@code u64 iova, u64 length} each. */
  private static List<DmaRange> decode(MemorySegment ranges, long count) {
    List<DmaRange> decoded = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = (long) i * RANGE_SIZE;
      decoded.add(new DmaRange(ranges.get(Wire.U64, at), ranges.get(Wire.U64, at + 8)));
    }
    return decoded;
  }
}
