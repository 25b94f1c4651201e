package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;

@DisplayName("spec/vfio-user.md 5.12 Dirty pages, 5.13 Migration, 5.14 Feature")
class MigrationConformanceTest extends ServedTest {
  private static final int GET = 0x10000;
  private static final int SET = 0x20000;
  private static final int PROBE = 0x40000;
  private static final int FEATURE = 16;
  private static final List<String> STATES =
      List.of("ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY");

  private int feature(int flags, byte... data) {
    return client.errno(FEATURE, Bytes.ints(8 + data.length, flags).raw(data).array());
  }

  private int setState(long state) {
    return feature(SET | 2, Bytes.ints(state, 0).array());
  }

  private String state() {
    Answer answer = client.call(FEATURE, Bytes.ints(16, GET | 2).zeros(8).array());
    return STATES.get(answer.u32(8));
  }

  private static int number(String state) {
    return STATES.indexOf(state);
  }

  @Nested
  @DisplayName("5.13 Migration")
  class Migrating {
    @ParameterizedTest
    @CsvSource({
      "STOP,RUNNING,RUNNING",
      "STOP,STOP_COPY,STOP_COPY",
      "STOP,RESUMING,RESUMING",
      "STOP,PRE_COPY,RUNNING PRE_COPY",
      "RUNNING,STOP,STOP",
      "RUNNING,STOP_COPY,STOP STOP_COPY",
      "RUNNING,RESUMING,STOP RESUMING",
      "RUNNING,PRE_COPY,PRE_COPY",
      "STOP_COPY,STOP,STOP",
      "STOP_COPY,RUNNING,STOP RUNNING",
      "STOP_COPY,RESUMING,STOP RESUMING",
      "RESUMING,STOP,STOP",
      "RESUMING,RUNNING,STOP RUNNING",
      "RESUMING,STOP_COPY,STOP STOP_COPY",
      "RESUMING,PRE_COPY,STOP RUNNING PRE_COPY",
      "PRE_COPY,STOP,RUNNING STOP",
      "PRE_COPY,RUNNING,RUNNING",
      "PRE_COPY,STOP_COPY,STOP_COPY",
      "PRE_COPY,RESUMING,RUNNING STOP RESUMING",
      "STOP,STOP,''",
    })
    void shortestPaths(String from, String to, String path) {
      assertThat(setState(number(from))).isZero();
      device.migration.arcs.clear();
      assertThat(setState(number(to))).isZero();
      assertThat(String.join(" ", device.migration.arcs)).isEqualTo(path);
      assertThat(state()).isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({"0", "5", "7", "8", "0xabcd", "0xffffffff"})
    void unreachable(String target) {
      assertThat(setState(Long.decode(target))).isEqualTo(EINVAL);
      assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void stopCopyToPreCopy() {
      setState(number("STOP_COPY"));
      assertThat(setState(number("PRE_COPY"))).isEqualTo(EINVAL);
    }

    @Test
    @DisplayName("the device's errno is passed on, and the walk ends where it got to")
    void refusedByTheDevice() {
      device.migration.onArc =
          () -> {
            if (!device.migration.arcs.isEmpty()) {
              throw new ErrnoException(Errno.ENODATA, "not now");
            }
          };
      assertThat(setState(number("STOP_COPY"))).isEqualTo(61);
      assertThat(state()).isEqualTo("STOP");
    }

    @Test
    @DisplayName("a state is read in PRE_COPY and STOP_COPY, and written in RESUMING")
    void data() {
      byte[] registers = new byte[16];
      Arrays.fill(registers, (byte) 5);
      client.write(ServedDevice.PLAIN_BAR, 0, registers);
      assertThat(client.errno(17, Bytes.ints(24, 16).array())).isEqualTo(EINVAL);
      setState(number("PRE_COPY"));
      Answer read = client.call(17, Bytes.ints(24, 10).array());
      assertThat(read.payload())
          .isEqualTo(Bytes.ints(18, 10).raw(Arrays.copyOf(registers, 10)).array());
      setState(number("STOP_COPY"));
      assertThat(client.call(17, Bytes.ints(24, 16).array()).payload())
          .isEqualTo(Bytes.ints(14, 6).raw(Arrays.copyOf(registers, 6)).array());
      assertThat(client.call(17, Bytes.ints(24, 16).array()).payload())
          .isEqualTo(Bytes.ints(8, 0).array());
      assertThat(client.errno(18, Bytes.ints(9, 1).zeros(1).array())).isEqualTo(EINVAL);
      setState(number("RESUMING"));
      assertThat(client.errno(17, Bytes.ints(24, 16).array())).isEqualTo(EINVAL);
      assertThat(client.errno(18, Bytes.ints(24, 16).zeros(15).array())).isEqualTo(EINVAL);
      assertThat(client.errno(18, new byte[7])).isEqualTo(EINVAL);
      assertThat(client.errno(18, Bytes.ints(24, 16).zeros(16).array())).isZero();
      setState(number("RUNNING"));
      assertThat(client.read(ServedDevice.PLAIN_BAR, 0, 16).from(16)).isEqualTo(new byte[16]);
    }

    @Test
    @DisplayName("no more at once than the client takes, in the room that it says it has")
    void dataLimits() {
      client.close();
      client =
          org.mdev4j.vfiouser.raw.RawClient.agreed(
              server.path(), "{\"capabilities\":{\"max_data_xfer_size\":4}}");
      setState(number("STOP_COPY"));
      assertThat(client.errno(17, Bytes.ints(16, 5).array())).isEqualTo(EINVAL);
      assertThat(client.errno(17, Bytes.ints(11, 4).array())).isEqualTo(EINVAL);
      assertThat(client.errno(17, new byte[7])).isEqualTo(EINVAL);
      assertThat(client.errno(17, Bytes.ints(12, 4).array())).isZero();
    }

    @Test
    @DisplayName("1.3: what a stopped device does, and that a reset gets it out of there")
    void stopped() {
      setState(number("STOP"));
      assertThat(client.errno(4, Bytes.ints(16, 0, 0, 0).array())).isEqualTo(EINVAL);
      assertThat(client.read(1, 0, 4).isError()).isFalse();
      setState(number("STOP_COPY"));
      assertThat(client.read(1, 0, 4).errno()).isEqualTo(EINVAL);
      assertThat(client.errno(13, new byte[0])).isZero();
      assertThat(state()).isEqualTo("RUNNING");
      assertThat(client.errno(4, Bytes.ints(16, 0, 0, 0).array())).isZero();
    }
  }

  @Nested
  @DisplayName("5.14 Feature")
  class Features {
    @Test
    void migration() {
      assertThat(client.call(FEATURE, Bytes.ints(16, GET | 1).array()).payload())
          .isEqualTo(Bytes.ints(16, GET | 1).u64(5).array());
    }

    @Test
    void probe() {
      byte[] request = Bytes.ints(16, PROBE | GET | 1).u64(77).array();
      assertThat(client.call(FEATURE, request).payload()).isEqualTo(request);
      for (int index : new int[] {2, 6, 7}) {
        assertThat(feature(PROBE | SET | index)).isZero();
      }
      assertThat(feature(PROBE | GET | 8)).isZero();
    }

    @Test
    void wrong() {
      assertThat(client.errno(FEATURE, new byte[7])).isEqualTo(EINVAL);
      assertThat(feature(SET | 1, new byte[8])).isEqualTo(EINVAL);
      assertThat(client.errno(FEATURE, Bytes.ints(2, PROBE | GET | 1).array())).isEqualTo(EINVAL);
      assertThat(client.errno(FEATURE, Bytes.ints(8, GET | 1).array())).isEqualTo(EINVAL);
      assertThat(client.errno(FEATURE, Bytes.ints(8, SET | 2).zeros(8).array())).isEqualTo(EINVAL);
      assertThat(feature(PROBE | GET | SET | 1)).isEqualTo(EINVAL);
      assertThat(feature(GET | SET | 2, new byte[8])).isEqualTo(EINVAL);
      assertThat(feature(2, new byte[8])).isEqualTo(EINVAL);
      assertThat(feature(GET | 3, new byte[8])).isEqualTo(EINVAL);
      assertThat(feature(GET | 0x80000 | 2, new byte[8])).isEqualTo(EINVAL);
      assertThat(feature(SET | 2)).as("no state").isEqualTo(EINVAL);
    }
  }

  @Nested
  @DisplayName("5.12 Dirty pages")
  class Dirty {
    private static final long IOVA = 0x10L << 12;
    private static final int PAGES = 0x20;

    @BeforeEach
    void map() {
      int fd = C.memfd(PAGES * PAGE);
      assertThat(client.map(3, 0, IOVA, PAGES * PAGE, fd)).isZero();
      C.close(fd);
      assertThat(client.map(3, 0, 0x100000, PAGE)).isZero();
    }

    private int start(long pageSize) {
      return feature(SET | 6, Bytes.of().u64(pageSize).u32(0).u32(0).array());
    }

    private byte[] reportRequest(long argsz, long iova, long length, long pageSize) {
      return Bytes.ints(argsz, GET | 8).u64(iova).u64(length).u64(pageSize).array();
    }

    private int reportErrno(long iova, long length, long pageSize) {
      return client.errno(FEATURE, reportRequest(4096, iova, length, pageSize));
    }

    private long report(long pageSize) {
      Answer answer = client.call(FEATURE, reportRequest(4096, IOVA, PAGES * PAGE, pageSize));
      assertThat(answer.payload()).hasSize(40);
      assertThat(answer.u32(0)).isEqualTo(40);
      return answer.u64(32);
    }

    private void dirty(int... pages) {
      for (int page : pages) {
        device
            .context()
            .dma()
            .write(IOVA + (long) page * PAGE + 5, MemorySegment.ofArray(new byte[1]));
      }
    }

    @Test
    void starting() {
      assertThat(start(0)).isEqualTo(EINVAL);
      assertThat(start(3000)).isEqualTo(EINVAL);
      assertThat(reportErrno(IOVA, PAGES * PAGE, PAGE)).as("off").isEqualTo(EINVAL);
      assertThat(start(PAGE)).isZero();
      assertThat(start(PAGE)).isZero();
      assertThat(start(PAGE / 2)).isEqualTo(EINVAL);
      assertThat(start(PAGE * 2)).isEqualTo(EINVAL);
      assertThat(feature(SET | 7)).isZero();
      assertThat(feature(SET | 7)).isZero();
      assertThat(start(PAGE * 2)).isZero();
    }

    @Test
    void patterns() {
      start(PAGE);
      assertThat(report(PAGE)).isZero();
      dirty(0, 7, 8, 9, 31);
      device.context().dma().read(IOVA + 3 * PAGE, MemorySegment.ofArray(new byte[64]));
      assertThat(report(PAGE)).isEqualTo(1L | 7L << 7 | 1L << 31);
      assertThat(report(PAGE)).as("told once").isZero();
    }

    @Test
    void otherPageSizes() {
      start(PAGE);
      dirty(1, 2);
      assertThat(report(PAGE / 2)).as("repeated").isEqualTo(0b111100);
      dirty(1, 2);
      assertThat(report(PAGE * 2)).as("ORed").isEqualTo(0b11);
      dirty(1, 2);
      assertThat(report(PAGE * 16)).isEqualTo(1);
      assertThat(report(PAGE * 16)).isZero();
    }

    @Test
    @DisplayName("beyond the asked length, the bits up to the end of the last word are told")
    void wholeWords() {
      start(PAGE);
      dirty(0x16, 0x17);
      Answer answer = client.call(FEATURE, reportRequest(4096, IOVA, 0x10 * PAGE, PAGE));
      assertThat(answer.u64(32)).isEqualTo(3L << 0x16);
    }

    @Test
    void refused() {
      start(PAGE);
      assertThat(reportErrno(0x900000, PAGE, PAGE)).isEqualTo(2);
      assertThat(reportErrno(IOVA + 1, PAGE, PAGE)).isEqualTo(95);
      assertThat(reportErrno(IOVA, (PAGES + 1) * PAGE, PAGE)).isEqualTo(95);
      assertThat(reportErrno(IOVA, PAGES * PAGE, 1 << 24)).isEqualTo(EINVAL);
      assertThat(reportErrno(IOVA, PAGES * PAGE, 0)).isEqualTo(EINVAL);
      assertThat(reportErrno(IOVA, PAGES * PAGE, 3000)).isEqualTo(EINVAL);
      assertThat(reportErrno(IOVA, -1, 1)).isEqualTo(EINVAL);
      assertThat(reportErrno(0x100000, PAGE, PAGE)).as("no file").isEqualTo(EINVAL);
      assertThat(client.errno(FEATURE, reportRequest(39, IOVA, PAGES * PAGE, PAGE)))
          .as("one byte short")
          .isEqualTo(EINVAL);
    }

    @Test
    @DisplayName("unmapping while logging, with and without the bitmap")
    void unmapping() {
      int fd = C.memfd(PAGE);
      assertThat(client.map(3, 0, 0x200000, PAGE, fd)).isZero();
      start(PAGE);
      assertThat(client.map(3, 0, 0x300000, PAGE, fd)).isZero();
      C.close(fd);
      assertThat(client.unmap(0, 0x200000, PAGE)).isZero();
      assertThat(reportErrno(0x200000, PAGE, PAGE)).isEqualTo(2);
      dirty(4);
      byte[] request = Bytes.ints(48, 1).u64(IOVA).u64(PAGES * PAGE).u64(PAGE).u64(8).array();
      Answer answer = client.call(3, request);
      assertThat(answer.from(24)).isEqualTo(Bytes.of().u64(PAGE).u64(8).u64(1 << 4).array());
      device.context().dma().write(0x300000, MemorySegment.ofArray(new byte[1]));
      assertThat(client.call(FEATURE, reportRequest(4096, 0x300000, PAGE, PAGE)).u64(32))
          .isEqualTo(1);
    }

    @Test
    @DisplayName("more memory than is logged is refused, and nothing is allocated for it")
    void tooMuch() {
      assertThat(client.map(3, 0, 1L << 44, 8L << 40)).isZero();
      assertThat(start(PAGE)).isEqualTo(28);
    }
  }
}
