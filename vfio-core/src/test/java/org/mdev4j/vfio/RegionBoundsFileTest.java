package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Card;
import org.mdev4j.vfio.model.UserBuffer;

@DisplayName("vfio 4.1: accesses that no region takes are EFAULT, and reach no register")
class RegionBoundsFileTest {
  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));

  @AfterEach
  void close() {
    host.close();
  }

  @ParameterizedTest(name = "0x{0}, {1} bytes")
  @DisplayName("beyond a region, between regions, nowhere, negative, and up to the last position")
  @CsvSource({
    "40, 1",
    "3d, 4",
    "0, 65",
    "3f, 2",
    "ffffffffff, 1",
    "ffffffffff, 2",
    "10000000040, 1",
    "20000003000, 1",
    "20000002fff, 2",
    "40000000000, 1",
    "70000000000, 1",
    "7fffffffffffffff, 1",
    "7fffffffffffffff, 4",
    "7ffffffffffffffc, 8",
    "8000000000000000, 1",
    "ffffffffffffffff, 1",
    "fffffffffffffffc, 8",
    "fffffff000000000, 1",
  })
  void refuses(String position, int size) {
    long at = Long.parseUnsignedLong(position, 16);
    MemorySegment bytes = MemorySegment.ofArray(new byte[size]);
    assertErrno(Errno.EFAULT, () -> file.read(at, bytes));
    assertErrno(Errno.EFAULT, () -> file.write(at, bytes));
    assertErrno(Errno.EFAULT, () -> file.read(at, UserBuffer.of(bytes)));
    assertErrno(Errno.EFAULT, () -> file.write(at, UserBuffer.of(bytes)));
    assertThat(card.units).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0", "20000000000", "40000000000", "70000000000"})
  @DisplayName("a size beyond all memory is refused before anything of that size is allocated")
  void hugeSizes(String position) {
    long at = Long.parseUnsignedLong(position, 16);
    for (long size : new long[] {1L << 40, Long.MAX_VALUE}) {
      UserBuffer untouched = UserBuffer.bad(size);
      assertErrno(Errno.EFAULT, () -> file.read(at, untouched));
      assertErrno(Errno.EFAULT, () -> file.write(at, untouched));
    }
    assertThat(card.units).isEmpty();
  }

  @Test
  @DisplayName("4.3: what a region's flags don't allow")
  void obeysFlags() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4]);
    assertThat(file.read(Card.at(Card.READ_ONLY), bytes)).isEqualTo(4);
    assertErrno(Errno.EFAULT, () -> file.write(Card.at(Card.READ_ONLY), bytes));
    assertThat(card.units).containsExactly("r4@0");
  }

  @Test
  @DisplayName("the whole region at once is taken")
  void takesAll() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Card.SIZE]);
    assertThat(file.read(Card.at(Card.WORDS), bytes)).isEqualTo(Card.SIZE);
    assertThat(card.units).hasSize(16);
  }
}
