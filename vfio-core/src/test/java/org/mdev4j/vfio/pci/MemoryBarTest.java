package org.mdev4j.vfio.pci;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.SharedMemory;

class MemoryBarTest {
  private static final int SIZE = 1 << 20;

  private final MemoryBar bar = new MemoryBar("test", SIZE);

  @Test
  void itsRegionIsReadableWritableAndMappableFromItsBeginning() {
    assertThat(bar.region().size()).isEqualTo(SIZE);
    assertThat(bar.region().flags()).isEqualTo(Region.READ | Region.WRITE | Region.MMAP);
    assertThat(bar.isMappable(0, 1)).isTrue();
    assertThat(bar.isMappable(4096, 1)).isFalse();
  }

  @Test
  void eachOpenFindsZeros() {
    bar.open();
    bar.segment().fill((byte) 1);
    bar.close();
    bar.open();
    assertThat(bar.segment().mismatch(MemorySegment.ofArray(new byte[SIZE]))).isEqualTo(-1);
    bar.close();
  }

  @Test
  void closedItHasNoMemory() {
    bar.open();
    MemorySegment old = bar.segment();
    bar.close();
    bar.close();
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(bar::segment)
        .satisfies(refusal -> assertThat(refusal.errno()).isEqualTo(Errno.ENODEV));
    assertThatIllegalStateException().isThrownBy(() -> old.get(JAVA_BYTE, 0));
  }

  @Test
  void whoSharesItKeepsIt() {
    bar.open();
    bar.segment().set(JAVA_BYTE, 5, (byte) 55);
    SharedMemory one = bar.share();
    SharedMemory other = bar.share();
    assertThat(one.descriptor()).isNotEqualTo(other.descriptor());
    bar.close();
    one.segment().set(JAVA_BYTE, SIZE - 1, (byte) 66);
    one.close();
    one.close();
    assertThat(other.segment().get(JAVA_BYTE, 5)).isEqualTo((byte) 55);
    assertThat(other.segment().get(JAVA_BYTE, SIZE - 1)).isEqualTo((byte) 66);
    bar.open();
    assertThat(bar.segment().get(JAVA_BYTE, 5)).isZero();
    bar.close();
    other.close();
  }
}
