package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Refusal.refused;
import static org.mdev4j.driver.ccw.program.Bench.IOVA;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ccw 3.4: the data area of a CCW as a list of pages")
class DataAreaTest {
  private static final int IDAL = IOVA + 0x6000;

  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest(name = "{1} bytes at {0}: {2} pages")
  @DisplayName("9.51 how many pages a direct CCW takes")
  @CsvSource({
    "1FFF, 2, 2",
    "1000, 4096, 1",
    "1FFF, 65535, 17",
    "1000, 65535, 16",
    "1FFF, 1, 1",
    "1FFF, 0, 1",
    "1001, 4096, 2",
  })
  void direct(String address, int count, int pages) {
    int at = Integer.parseInt(address, 16);
    DataArea area = DataArea.of(new Ccw(0x02, 0, count, at), bench.dma);
    assertThat(pages(area))
        .isEqualTo(LongStream.range(1, pages + 1).mapToObj(i -> i * 0x1000).toList());
    assertThat(area.offset(0)).isEqualTo(at & 0xFFF);
    assertThat(area.offset(1)).isZero();
  }

  @ParameterizedTest(name = "first IDAW {0}, {1} bytes: {2} pages")
  @DisplayName("9.52 how many IDAWs are read, and the offset in the first")
  @CsvSource({"8FFF, 2, 2", "8000, 4096, 1", "8FFF, 65535, 17", "8123, 0, 1"})
  void indirect(String first, int count, int pages) {
    long[] idaws = new long[17];
    for (int i = 0; i < idaws.length; i++) {
      idaws[i] = 0x7_0000_0000L + 0x10000L * i;
    }
    idaws[0] = Long.parseLong(first, 16);
    bench.doubleword(IDAL, idaws);
    DataArea area = DataArea.of(indirect(count), bench.dma);
    List<Long> expected = new ArrayList<>(List.of(0x8000L));
    for (int i = 1; i < pages; i++) {
      expected.add(idaws[i]);
    }
    assertThat(pages(area)).isEqualTo(expected);
    assertThat(area.offset(0)).isEqualTo((int) (idaws[0] & 0xFFF));
  }

  @Test
  @DisplayName("3.4: the offset of a later IDAW is not looked at")
  void laterOffsets() {
    bench.doubleword(IDAL, 0x8800, 0x107003, 0x10AFFF);
    DataArea area = DataArea.of(indirect(2 * 4096), bench.dma);
    assertThat(pages(area)).containsExactly(0x8000L, 0x107000L, 0x10A000L);
    assertThat(area.offset(1)).isZero();
  }

  @Test
  @DisplayName("3.8 an unaligned list is read where it is")
  void unalignedList() {
    bench.doubleword(IDAL + 4, 0x102010);
    assertThat(pages(DataArea.of(new Ccw(0x02, Ccw.INDIRECT, 7, IDAL + 4), bench.dma)))
        .containsExactly(0x102000L);
  }

  @Test
  @DisplayName("3.4 step 4: each IDAW is read once, so that it can't change in between")
  void readOnce() {
    MemorySegment list = MemorySegment.ofArray(new byte[4096]);
    List<Long> read = new ArrayList<>();
    GuestMemory counting =
        new GuestMemory() {
          private final GuestMemory behind = GuestMemory.of(list);

          @Override
          public long size() {
            return behind.size();
          }

          @Override
          public void read(long offset, MemorySegment into) {
            for (long i = 0; i < into.byteSize(); i += Long.BYTES) {
              read.add(offset + i);
            }
            behind.read(offset, into);
          }

          @Override
          public void write(long offset, MemorySegment from) {
            behind.write(offset, from);
          }
        };
    bench.map(0x8000, counting, DmaMap.READ);
    var _ = DataArea.of(new Ccw(0x02, Ccw.INDIRECT, 3 * 4096, 0x8000), bench.dma);
    assertThat(read).containsExactly(0L, 8L, 16L);
  }

  @Test
  @DisplayName("9.55 a list that is not mapped, or only in part, is EINVAL")
  void unmappedList() {
    refused(Errno.EINVAL, () -> DataArea.of(new Ccw(0x03, Ccw.INDIRECT, 1, 0x9000), bench.dma));
    int last = IOVA + Bench.SIZE - 8;
    bench.doubleword(last, 0x8FFF);
    assertThat(DataArea.of(new Ccw(0x02, Ccw.INDIRECT, 1, last), bench.dma).size()).isOne();
    refused(Errno.EINVAL, () -> DataArea.of(new Ccw(0x02, Ccw.INDIRECT, 2, last), bench.dma));
  }

  private static Ccw indirect(int count) {
    return new Ccw(0x02, Ccw.INDIRECT, count, IDAL);
  }

  private static List<Long> pages(DataArea area) {
    return LongStream.range(0, area.size()).mapToObj(i -> area.page((int) i)).toList();
  }
}
