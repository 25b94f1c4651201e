package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.LAST_PAGE;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.READ;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.WRITE;
import static org.mdev4j.vfio.dma.Space.refused;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

class DmaCopyTest {
  private final Space space = Space.v2();
  private final DeviceDma device = space.dma.attach(null);

  @AfterEach
  void close() {
    space.close();
  }

  private byte at(long offset) {
    return space.segment.get(ValueLayout.JAVA_BYTE, offset);
  }

  @Test
  @DisplayName("5.4 dma_rw: no bytes is EINVAL")
  void nothing() {
    space.map(0, 1);
    refused(Errno.EINVAL, () -> device.read(0, Space.bytes()));
    refused(Errno.EINVAL, () -> device.write(0, Space.bytes()));
  }

  @Test
  @DisplayName("5.4 dma_rw: at any address, from the first byte of a mapping to its last")
  void anywhere() {
    space.map(4 * PAGE, 2, RW, space.memory, 8 * PAGE);
    device.write(4 * PAGE, Space.bytes(1));
    device.write(5 * PAGE - 1, Space.bytes(2, 3));
    device.write(6 * PAGE - 1, Space.bytes(4));
    assertThat(at(8 * PAGE)).isEqualTo((byte) 1);
    assertThat(at(9 * PAGE - 1)).isEqualTo((byte) 2);
    assertThat(at(9 * PAGE)).isEqualTo((byte) 3);
    assertThat(at(10 * PAGE - 1)).isEqualTo((byte) 4);
    MemorySegment into = Space.bytes(0, 0, 0);
    device.read(5 * PAGE - 2, into);
    assertThat(into.toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 2, 3);
  }

  @Test
  @DisplayName("5.4 dma_rw: no mapping is EINVAL")
  void notMapped() {
    space.map(PAGE, 1);
    refused(Errno.EINVAL, () -> device.read(PAGE - 1, Space.bytes(0)));
    refused(Errno.EINVAL, () -> device.read(2 * PAGE, Space.bytes(0)));
    refused(Errno.EINVAL, () -> device.write(2 * PAGE, Space.bytes(0)));
  }

  @Test
  @DisplayName("5.4 dma_rw: both ways need READ, writing needs WRITE too, else EPERM")
  void permission() {
    space.map(0, 1, READ);
    space.map(PAGE, 1, WRITE);
    device.read(0, Space.bytes(0));
    refused(Errno.EPERM, () -> device.write(0, Space.bytes(0)));
    refused(Errno.EPERM, () -> device.write(PAGE, Space.bytes(0)));
    refused(Errno.EPERM, () -> device.read(PAGE, Space.bytes(0)));
  }

  @Test
  @DisplayName("5.4 dma_rw: across mappings that follow each other")
  void across() {
    space.map(0, 1, RW, space.memory, 8 * PAGE);
    space.map(PAGE, 1, RW, space.memory, 2 * PAGE);
    space.map(2 * PAGE, 1, RW, space.memory, 20 * PAGE);
    byte[] pattern = new byte[(int) PAGE + 4];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i * 7 + 1);
    }
    device.write(PAGE - 2, MemorySegment.ofArray(pattern));
    byte[] back = new byte[pattern.length];
    device.read(PAGE - 2, MemorySegment.ofArray(back));
    assertThat(back).isEqualTo(pattern);
    assertThat(at(9 * PAGE - 1)).isEqualTo(pattern[1]);
    assertThat(at(2 * PAGE)).isEqualTo(pattern[2]);
    assertThat(at(20 * PAGE + 1)).isEqualTo(pattern[pattern.length - 1]);
  }

  @Test
  @DisplayName("5.4 dma_rw: when a later part fails, the earlier ones stay done")
  void laterPartFails() {
    space.map(0, 1);
    space.map(2 * PAGE, 1, RW, space.memory, PAGE);
    space.map(3 * PAGE, 1, READ, space.memory, 2 * PAGE);
    space.map(8 * PAGE, 1, RW, space.memory, 3 * PAGE);
    space.map(9 * PAGE, 1, RW, space.memory, 64 * PAGE);
    refused(Errno.EINVAL, () -> device.write(PAGE - 1, Space.bytes(1, 2)));
    refused(Errno.EPERM, () -> device.write(3 * PAGE - 1, Space.bytes(3, 4)));
    refused(Errno.EFAULT, () -> device.write(9 * PAGE - 1, Space.bytes(5, 6)));
    assertThat(at(PAGE - 1)).isEqualTo((byte) 1);
    assertThat(at(2 * PAGE - 1)).isEqualTo((byte) 3);
    assertThat(at(2 * PAGE)).isZero();
    assertThat(at(4 * PAGE - 1)).isEqualTo((byte) 5);

    MemorySegment into = Space.bytes(9, 9);
    refused(Errno.EINVAL, () -> device.read(PAGE - 1, into));
    assertThat(into.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 9);
  }

  @Test
  @DisplayName("5.4 dma_rw: the last byte of the address space, and no further")
  void lastByte() {
    space.map(LAST_PAGE, 1);
    space.map(0, 1, RW, space.memory, PAGE);
    device.write(-1, Space.bytes(7));
    assertThat(at(PAGE - 1)).isEqualTo((byte) 7);
    refused(Errno.EINVAL, () -> device.write(-1, Space.bytes(8, 9)));
    assertThat(at(PAGE - 1)).isEqualTo((byte) 8);
    assertThat(at(PAGE)).as("address 0").isZero();
  }

  @Test
  @DisplayName("5.4 dma_rw: a mapping larger than its memory: EFAULT, not a neighbour's byte")
  void shorterMemory() {
    GuestMemory half = GuestMemory.of(space.segment.asSlice(0, PAGE));
    space.map(0, 2, RW, half, 0);
    space.map(4 * PAGE, 1, RW, half, Space.LAST_PAGE);
    device.read(PAGE - 1, Space.bytes(0));
    refused(Errno.EFAULT, () -> device.read(PAGE - 1, Space.bytes(0, 0)));
    refused(Errno.EFAULT, () -> device.write(PAGE, Space.bytes(0)));
    refused(Errno.EFAULT, () -> device.read(4 * PAGE, Space.bytes(0)));
  }
}
