package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("vfio 4.10: DEVICE_FEATURE")
class DeviceFeaturesTest {
  private static final int GET = 0x10000;
  private static final int SET = 0x20000;
  private static final int RANGES_AT = 0x1000;
  private static final int BITMAP_AT = 0x2000;

  private final RecordingModel model = new RecordingModel(Subsets.FULL);
  private final RecordingLog log = new RecordingLog();
  private final Migration migration = new Migration(model);
  private final DmaLogging logging = new DmaLogging(log);
  private final DeviceFeatures features = new DeviceFeatures(migration, logging);

  private final List<DataFile> published = new ArrayList<>();
  private final MemorySegment ranges = MemorySegment.ofArray(new byte[4096]);
  private final MemorySegment bitmap = MemorySegment.ofArray(new byte[4096]);
  private DataFiles files =
      file -> {
        published.add(file);
        return 6 + published.size();
      };

  /** In the order of the checks: each line has only the fault that it names, or later ones too. */
  @ParameterizedTest
  @CsvSource({
    "EINVAL, both, 0,    0x20000005, argsz below 8 comes first",
    "EINVAL, both, 7,    0x10001,    argsz below 8",
    "EINVAL, none, 8,    0x80001,    unknown flags before everything else",
    "EINVAL, none, 8,    0x80010001, unknown flags",
    "EINVAL, none, 8,    0x30001,    GET and SET at once before the index",
    "EINVAL, both, 16,   0x30002,    GET and SET at once",
    "ENOTTY, both, 8,    0x40000,    VF token",
    "ENOTTY, both, 8,    0x20003,    low power",
    "ENOTTY, both, 8,    0x40004,    low power",
    "ENOTTY, both, 8,    0x20005,    low power",
    "ENOTTY, both, 8,    0x0000a,    unknown index before no operation",
    "ENOTTY, both, 8,    0x4ffff,    unknown index in a probe",
    "ENOTTY, logs, 16,   0x10001,    no migration",
    "ENOTTY, logs, 8,    0x70002,    no migration in a probe",
    "ENOTTY, logs, 8,    0x00009,    no migration before no operation",
    "ENOTTY, migs, 16,   0x10006,    no log before an operation it would not have",
    "ENOTTY, migs, 8,    0x00007,    no log",
    "ENOTTY, migs, 8,    0x60008,    no log in a probe",
    "EINVAL, both, 8,    0x20001,    SET of 1 before the size",
    "EINVAL, both, 16,   0x20001,    SET of 1",
    "EINVAL, both, 8,    0x60001,    SET of 1 in a probe",
    "EINVAL, both, 8,    0x70001,    GET and SET of 1 in a probe",
    "EINVAL, both, 32,   0x10006,    GET of 6",
    "EINVAL, both, 8,    0x10007,    GET of 7",
    "EINVAL, both, 8,    0x50007,    GET of 7 in a probe",
    "EINVAL, both, 40,   0x20008,    SET of 8",
    "EINVAL, both, 16,   0x20009,    SET of 9",
    "EINVAL, both, 8,    0x00001,    no operation",
    "EINVAL, both, 64,   0x00002,    no operation",
    "EINVAL, both, 64,   0x00007,    no operation",
    "EINVAL, both, 15,   0x10001,    too small",
    "EINVAL, both, 15,   0x10002,    too small",
    "EINVAL, both, 15,   0x20002,    too small",
    "EINVAL, both, 31,   0x20006,    too small",
    "EINVAL, both, 39,   0x10008,    too small",
    "EINVAL, both, 15,   0x10009,    too small",
  })
  @DisplayName("vfio 4.10: what is refused, in the order of the checks")
  void refused(Errno errno, String has, int argsz, String flags, String why) {
    DeviceFeatures some =
        new DeviceFeatures(
            has.equals("both") || has.equals("migs") ? migration : null,
            has.equals("both") || has.equals("logs") ? logging : null);
    MemorySegment data = data(64);
    isRefused(
        errno, () -> some.request(argsz, Long.decode(flags).intValue(), data, files, this::memory));
    assertThat(Streams.bytes(data)).as(why).containsOnly(0xee);
    assertThat(model.calls).isEmpty();
    assertThat(log.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x40001", "0x50001", "0x40002", "0x50002", "0x60002", "0x70002", "0x40006", "0x60006",
        "0x40007", "0x60007", "0x40008", "0x50008", "0x40009", "0x50009",
      })
  @DisplayName("vfio 4.10: a probe succeeds with the header alone and touches nothing")
  void probe(String flags) {
    request(8, Integer.decode(flags), MemorySegment.NULL);
    assertThat(model.calls).isEmpty();
    assertThat(log.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0x10001", "0x10002", "0x20002", "0x20006", "0x10008", "0x10009"})
  @DisplayName("vfio 4.1: data that is not there is EFAULT; a huge argsz is fine")
  void dataNotThere(String flags) {
    isRefused(Errno.EFAULT, () -> request(-1, Integer.decode(flags), data(7)));
  }

  @Test
  @DisplayName("vfio 3: MIGRATION: u64 flags")
  void migrationFlags() {
    MemorySegment data = data(16);
    request(1000, GET | 1, data);
    assertThat(hex(data)).isEqualTo("0700000000000000 eeeeeeeeeeeeeeee");
  }

  @Test
  @DisplayName("vfio 3: MIG_DATA_SIZE: u64 stop_copy_length")
  void dataSize() {
    MemorySegment data = data(8);
    request(16, GET | 9, data);
    assertThat(hex(data)).isEqualTo("2a00000000000000");
  }

  @Test
  @DisplayName("vfio 4.11: GET gives the state and -1")
  void getState() {
    MemorySegment data = data(8);
    request(16, GET | 2, data);
    assertThat(hex(data)).isEqualTo("02000000ffffffff");
    migration.set(MigrationState.PRE_COPY_P2P);
    request(16, GET | 2, data);
    assertThat(hex(data)).isEqualTo("07000000ffffffff");
  }

  @Test
  @DisplayName("vfio 4.11: SET that begins a session gives its file's number, else -1")
  void setState() {
    assertThat(hex(set(6))).isEqualTo("0600000007000000");
    assertThat(published).hasSize(1);
    assertThat(hex(set(3))).isEqualTo("03000000ffffffff");
    assertThat(hex(set(4))).isEqualTo("0400000008000000");
    assertThat(hex(set(4))).isEqualTo("04000000ffffffff");
    assertThat(hex(set(2))).isEqualTo("02000000ffffffff");
    assertThat(published).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 0xabcd, -1, Integer.MIN_VALUE})
  @DisplayName("vfio 4.11: SET to ERROR or an unknown number is EINVAL and writes -1")
  void setUnknown(int number) {
    MemorySegment data = data(8);
    data.set(Wire.U32, 0, number);
    isRefused(Errno.EINVAL, () -> request(16, SET | 2, data));
    assertThat(data.get(Wire.U32, 0)).isEqualTo(number);
    assertThat(data.get(Wire.U32, 4)).isEqualTo(-1);
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  @Test
  @DisplayName("vfio 4.11: SET that fails on its way writes -1 and stays where it got to")
  void setFails() {
    model.onCall =
        call -> {
          if (call.startsWith("save")) {
            throw new ErrnoException(Errno.ENOSPC, "for the test");
          }
        };
    MemorySegment data = data(8);
    data.set(Wire.U32, 0, 3);
    isRefused(Errno.ENOSPC, () -> request(16, SET | 2, data));
    assertThat(hex(data)).isEqualTo("03000000ffffffff");
    assertThat(published).isEmpty();
    assertThat(migration.get()).isEqualTo(MigrationState.STOP);
  }

  @Test
  @DisplayName("vfio 4.11: no room for the file: its errno and -1; the device is in the new state")
  void publishFails() {
    List<DataFile> seen = new ArrayList<>();
    files =
        file -> {
          seen.add(file);
          throw new ErrnoException(Errno.ENOSPC, "no descriptors left");
        };
    MemorySegment data = data(8);
    data.set(Wire.U32, 0, 6);
    isRefused(Errno.ENOSPC, () -> request(16, SET | 2, data));
    assertThat(hex(data)).isEqualTo("06000000ffffffff");
    assertThat(migration.get()).isEqualTo(MigrationState.PRE_COPY);
    isRefused(Errno.EBADF, () -> Streams.read(seen.getFirst(), 1));
  }

  @Test
  @DisplayName("vfio 4.12: START reads the ranges and answers the page size of the device")
  void start() {
    log.pageSize = 8192;
    ranges.set(Wire.U64, 0, 0x1000);
    ranges.set(Wire.U64, 8, 0x2000);
    ranges.set(Wire.U64, 16, 0x8000);
    ranges.set(Wire.U64, 24, 0x1000);
    MemorySegment data = control(4096, 2, RANGES_AT);
    request(32, SET | 6, data);
    assertThat(log.calls).containsExactly("start [0x1000+0x2000, 0x8000+0x1000] 4096");
    assertThat(data.get(Wire.U64, 0)).isEqualTo(8192);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, EINVAL",
    "257, 0, E2BIG",
    "-1, 0, E2BIG",
    "1, 0, EFAULT",
    "256, 0x1001, EFAULT",
    "1, 0x1000, EINVAL",
  })
  @DisplayName("vfio 4.12: START: the count is looked at before the memory, that before the ranges")
  void startRefused(int count, String address, Errno errno) {
    isRefused(errno, () -> request(32, SET | 6, control(4096, count, Integer.decode(address))));
    assertThat(log.calls).isEmpty();
  }

  @Test
  @DisplayName("vfio 4.12: STOP takes no data")
  void stop() {
    logging.start(List.of(new DmaRange(0, 4096)), 4096);
    request(8, SET | 7, MemorySegment.NULL);
    assertThat(logging.pageSize()).isZero();
    request(100, SET | 7, data(92));
  }

  @Test
  @DisplayName("vfio 4.12: REPORT sets bits in the user's bitmap and clears none")
  void report() {
    logging.start(List.of(new DmaRange(0, 4096)), 4096);
    bitmap.set(Wire.U64, 0, 0x80);
    bitmap.set(Wire.U64, 8, -1);
    request(40, GET | 8, report(0x1000, 0x10000, 4096, BITMAP_AT));
    assertThat(bitmap.get(Wire.U64, 0)).isEqualTo(0x84);
    assertThat(bitmap.get(Wire.U64, 8)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0x1000, 0x800, 0, EINVAL",
    "0, 0x1000, 0, 0, EINVAL",
    "0, 0x1000, 0x1800, 0, EINVAL",
    "-1, 0x1000, 0x1800, 0, EINVAL",
    "-1, 0x1000, 0x1000, 0, EOVERFLOW",
    "0x1000, -4096, 0x1000, 0, EOVERFLOW",
    "0, 0x1000, 0x1000, 0, EFAULT",
    "0, -1, 0x1000, 0x2000, EFAULT",
    "0, 0x1000, 0x1000, 0x2ff9, EFAULT",
  })
  @DisplayName("vfio 4.12: what REPORT refuses, in order")
  void reportRefused(String iova, String length, String pageSize, String address, Errno errno) {
    logging.start(List.of(new DmaRange(0, 4096)), 4096);
    MemorySegment data =
        report(Long.decode(iova), Long.decode(length), Long.decode(pageSize), Long.decode(address));
    isRefused(errno, () -> request(40, GET | 8, data));
    assertThat(log.calls).doesNotContain("report");
  }

  private void request(int argsz, int flags, MemorySegment data) {
    features.request(argsz, flags, data, files, this::memory);
  }

  private MemorySegment set(int state) {
    MemorySegment data = data(8);
    data.set(Wire.U32, 0, state);
    request(16, SET | 2, data);
    return data;
  }

  private @Nullable MemorySegment memory(long address, long size) {
    for (int start : new int[] {RANGES_AT, BITMAP_AT}) {
      if (address >= start && size >= 0 && size <= start + 0x1000 - address) {
        MemorySegment page = start == RANGES_AT ? ranges : bitmap;
        return page.asSlice(address - start, size);
      }
    }
    return null;
  }

  private static MemorySegment control(long pageSize, int count, long address) {
    MemorySegment data = data(24);
    data.set(Wire.U64, 0, pageSize);
    data.set(Wire.U32, 8, count);
    data.set(Wire.U64, 16, address);
    return data;
  }

  private static MemorySegment report(long iova, long length, long pageSize, long address) {
    MemorySegment data = data(32);
    data.set(Wire.U64, 0, iova);
    data.set(Wire.U64, 8, length);
    data.set(Wire.U64, 16, pageSize);
    data.set(Wire.U64, 24, address);
    return data;
  }

  /** At an odd address, as a user's may be. */
  private static MemorySegment data(int size) {
    return MemorySegment.ofArray(new byte[size + 1]).asSlice(1).fill((byte) 0xee);
  }

  private static String hex(MemorySegment data) {
    StringBuilder text = new StringBuilder();
    for (byte b : Streams.bytes(data)) {
      text.append(text.length() % 17 == 16 ? " " : "").append(String.format("%02x", b));
    }
    return text.toString();
  }
}
