package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("vfio 4.12: DMA logging")
class DmaLoggingTest {
  private final RecordingLog device = new RecordingLog();
  private final DmaLogging logging = new DmaLogging(device);

  @ParameterizedTest
  @CsvSource({
    "EINVAL, 0x800+0x1000, iova not of whole pages",
    "EINVAL, 0x1000+0x800, length not of whole pages",
    "EINVAL, 0x1000+0, empty",
    "EOVERFLOW, 0xfffffffffffff000+0x1000, ends with the last address",
    "EOVERFLOW, 0xfffffffffffff000+0x2000, ends beyond it",
    "EOVERFLOW, 0x1000+0xfffffffffffff000, too long",
    "EINVAL, 0x1000+0x1000 0x1000+0x1000, the same twice",
    "EINVAL, 0x1000+0x4000 0x2000+0x1000, one within the other",
    "EINVAL, 0x2000+0x1000 0x1000+0x4000, the other within the one",
    "EINVAL, 0x1000+0x2000 0x2000+0x2000, overlapping by a page",
    "EINVAL, 0x8000000000000000+0x2000 0x5000+0x1000 0x7ffffffffffff000+0x2000, unsigned",
    "EINVAL, 0x1000+0x1000 0x1000+0x1000 0xfffffffffffff000+0x1000, the first fault counts",
    "EOVERFLOW, 0xfffffffffffff000+0x1000 0x1000+0x1000 0x1000+0x1000, the first fault counts",
  })
  @DisplayName("vfio 4.12: ranges that START refuses")
  void refusedRanges(Errno errno, String ranges, String why) {
    isRefused(errno, () -> logging.start(ranges(ranges), 4096));
    assertThat(device.calls).as(why).isEmpty();
    assertThat(logging.pageSize()).isZero();
  }

  @Test
  @DisplayName("vfio 4.12: ranges side by side, up to the last page but one, are logged")
  void ranges() {
    List<DmaRange> ranges =
        ranges("0x2000+0x1000 0x1000+0x1000 0+0x1000 0x3000+0x1000 0xffffffffffffe000+0x1000");
    assertThat(logging.start(ranges, 4096)).isEqualTo(4096);
    assertThat(device.calls).containsExactly("start " + ranges + " 4096");
  }

  @ParameterizedTest
  @CsvSource({"0, EINVAL", "257, E2BIG", "1000, E2BIG"})
  @DisplayName("vfio 4.12: no ranges EINVAL, more than 256 E2BIG")
  void refusedCount(int count, Errno errno) {
    isRefused(errno, () -> logging.start(manyRanges(count), 4096));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256})
  @DisplayName("vfio 4.12: 1 to 256 ranges")
  void count(int count) {
    logging.start(manyRanges(count), 4096);
    assertThat(device.calls).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 4095, 6144, -1})
  @DisplayName("vfio-user 3.9: a page size that is no power of two is EINVAL")
  void pageSize(long pageSize) {
    isRefused(Errno.EINVAL, () -> logging.start(ranges("0+0x3000"), pageSize));
  }

  @Test
  @DisplayName("vfio 4.12: the device chooses the page size; a second START is refused")
  void startTwice() {
    device.pageSize = 65536;
    assertThat(logging.start(ranges("0+0x1000"), 4096)).isEqualTo(65536);
    assertThat(logging.pageSize()).isEqualTo(65536);
    isRefused(Errno.EINVAL, () -> logging.start(ranges("0+0x1000"), 4096));
    assertThat(device.calls).hasSize(1);
  }

  @Test
  @DisplayName("vfio 4.12: STOP is good at any time; after it START and not REPORT")
  void stop() {
    logging.stop();
    assertThat(device.calls).isEmpty();
    logging.start(ranges("0+0x1000"), 4096);
    logging.stop();
    logging.close();
    assertThat(device.calls).hasSize(2).endsWith("stop");
    isRefused(Errno.EINVAL, () -> logging.report(bitmap()));
    logging.start(ranges("0+0x1000"), 4096);
    logging.report(bitmap());
  }

  @Test
  @DisplayName("[own] REPORT while the log is off is EINVAL")
  void reportWhileOff() {
    isRefused(Errno.EINVAL, () -> logging.report(bitmap()));
    assertThat(device.calls).isEmpty();
  }

  @Test
  @DisplayName("vfio 4.12: the device's errno is the user's; what breaks is EIO")
  void failures() {
    device.onCall =
        () -> {
          throw new ErrnoException(Errno.ENOMEM, "for the test");
        };
    isRefused(Errno.ENOMEM, () -> logging.start(ranges("0+0x1000"), 4096));
    assertThat(logging.pageSize()).as("not started").isZero();
    device.onCall = () -> {};
    logging.start(ranges("0+0x1000"), 4096);
    device.onCall =
        () -> {
          throw new IllegalStateException("broken for the test");
        };
    isRefused(Errno.EIO, () -> logging.report(bitmap()));
    logging.stop();
    assertThat(logging.pageSize()).as("stopped all the same").isZero();
  }

  @Test
  @DisplayName("[own] a device that chooses an odd page size is stopped: EIO")
  void oddPageSize() {
    device.pageSize = 1000;
    isRefused(Errno.EIO, () -> logging.start(ranges("0+0x1000"), 4096));
    assertThat(device.calls).endsWith("stop");
    assertThat(logging.pageSize()).isZero();
  }

  private static DirtyBitmap bitmap() {
    return new DirtyBitmap(0, 0x10000, 4096, MemorySegment.ofArray(new byte[8]));
  }

  private static List<DmaRange> ranges(String text) {
    return Arrays.stream(text.split(" "))
        .map(range -> range.split("\\+"))
        .map(parts -> new DmaRange(number(parts[0]), number(parts[1])))
        .toList();
  }

  private static long number(String text) {
    return text.startsWith("0x")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseLong(text);
  }

  private static List<DmaRange> manyRanges(int count) {
    List<DmaRange> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ranges.add(new DmaRange(i * 0x2000L, 0x1000));
    }
    return ranges;
  }
}
