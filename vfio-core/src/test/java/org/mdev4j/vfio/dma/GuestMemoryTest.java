package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.refused;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.Errno;

class GuestMemoryTest {
  private final Space space = Space.v2();
  private final DeviceDma device = space.attachGoodDevice();
  private final MemorySegment buffer = Arena.ofAuto().allocate(PAGE);

  @AfterEach
  void close() {
    space.close();
  }

  @ParameterizedTest
  @CsvSource({"65,0", "64,1", "-1,1", "0,65", "60,5", "9223372036854775807,2", "0,-1"})
  @DisplayName("5.4: memory is never accessed beyond its bounds: EFAULT")
  void bounds(long offset, long length) {
    GuestMemory memory = GuestMemory.of(MemorySegment.ofArray(new byte[64]));
    refused(Errno.EFAULT, () -> memory.pin(offset, length));
    if (length >= 0) {
      refused(Errno.EFAULT, () -> memory.read(offset, buffer.asSlice(0, length)));
      refused(Errno.EFAULT, () -> memory.write(offset, buffer.asSlice(0, length)));
    }
  }

  @Test
  @DisplayName("5.4: memory up to its last byte")
  void contents() {
    GuestMemory memory = GuestMemory.of(MemorySegment.ofArray(new byte[64]));
    memory.write(61, Space.bytes(1, 2, 3));
    MemorySegment into = Space.bytes(0, 0);
    memory.read(62, into);
    assertThat(into.toArray(ValueLayout.JAVA_BYTE)).containsExactly(2, 3);
    assertThat(memory.pin(61, 3).toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
    assertThat(memory.size()).isEqualTo(64);
  }

  @Test
  @DisplayName("5.4: memory that was closed is EFAULT")
  void closedMemory() {
    Arena arena = Arena.ofShared();
    space.map(0, 1, RW, GuestMemory.of(arena.allocate(PAGE)), 0);
    arena.close();
    everythingFaults();
  }

  @Test
  @DisplayName("5.4: memory of another thread is EFAULT")
  void confinedMemory() throws InterruptedException {
    GuestMemory[] memory = new GuestMemory[1];
    Thread owner =
        Thread.ofPlatform()
            .start(() -> memory[0] = GuestMemory.of(Arena.ofConfined().allocate(PAGE)));
    owner.join();
    space.map(0, 1, RW, memory[0], 0);
    everythingFaults();
  }

  @Test
  @DisplayName("5.4: memory whose file was truncated is EFAULT to copy")
  void truncatedMemory(@TempDir Path folder) throws IOException {
    try (FileChannel file =
            FileChannel.open(
                folder.resolve("memory"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared()) {
      MemorySegment segment = file.map(MapMode.READ_WRITE, 0, PAGE, arena);
      space.map(0, 1, RW, GuestMemory.of(segment), 0);
      device.read(0, buffer);
      file.truncate(0);
      refused(Errno.EFAULT, () -> device.read(0, buffer));
      refused(Errno.EFAULT, () -> device.write(0, buffer));
    }
  }

  @Test
  @DisplayName("5.4: remote memory is copied, and can't be pinned: EFAULT")
  void remoteMemory() {
    space.map(0, 1, RW, new Space.Remote(space.segment), PAGE);
    device.write(5, Space.bytes(1, 2, 3));
    MemorySegment into = Space.bytes(0, 0);
    device.read(6, into);
    assertThat(into.toArray(ValueLayout.JAVA_BYTE)).containsExactly(2, 3);
    assertThat(space.segment.get(ValueLayout.JAVA_BYTE, PAGE + 7)).isEqualTo((byte) 3);
    refused(Errno.EFAULT, () -> device.pinPages(0, 1, RW));
  }

  @Test
  @DisplayName("5.4: read-only memory mapped for writing is EFAULT to write and to pin")
  void readOnlyMemory() {
    space.map(0, 1, RW, GuestMemory.of(space.segment.asReadOnly()), 0);
    device.read(0, buffer);
    refused(Errno.EFAULT, () -> device.write(0, buffer));
    refused(Errno.EFAULT, () -> device.pinPages(0, 1, DeviceDma.READ));
    space.map(PAGE, 1, Space.READ, GuestMemory.of(space.segment.asReadOnly()), 0);
    assertThat(device.pinPages(PAGE, 1, DeviceDma.READ)).hasSize(1);
  }

  @Test
  @DisplayName("5.4: whatever an implementation throws or returns, the device sees EFAULT")
  void brokenMemory() {
    GuestMemory broken =
        new GuestMemory() {
          @Override
          public long size() {
            return 2 * PAGE;
          }

          @Override
          public MemorySegment pin(long offset, long length) {
            if (offset == 0) {
              return space.segment;
            }
            throw new IllegalStateException("broken");
          }

          @Override
          public void read(long offset, MemorySegment into) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void write(long offset, MemorySegment from) {
            throw new IllegalStateException("broken");
          }
        };
    space.map(0, 2, RW, broken, 0);
    everythingFaults();
    refused(Errno.EFAULT, () -> device.pinPages(PAGE, 1, RW));
  }

  private void everythingFaults() {
    refused(Errno.EFAULT, () -> device.read(0, buffer));
    refused(Errno.EFAULT, () -> device.write(0, buffer));
    refused(Errno.EFAULT, () -> device.pinPages(0, 1, RW));
    assertThat(space.dma.pinnedPages()).isZero();
  }
}
