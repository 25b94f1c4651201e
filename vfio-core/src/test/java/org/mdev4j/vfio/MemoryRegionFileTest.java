package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Card;
import org.mdev4j.vfio.model.UserBuffer;

@DisplayName("vfio 4.1, 4.3: a region of memory is read, written and mapped as it is")
class MemoryRegionFileTest {
  private static final long AT = Card.at(Card.MEMORY);
  private static final int SIZE = Card.MEMORY_SIZE;

  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final VfioRegistration registration = host.register(host.device("toy0"), card);
  private final DeviceFile file = host.open(registration);

  @AfterEach
  void close() {
    host.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, SIZE - 1})
  @DisplayName("read, write and mapping agree, at the first and at the last byte")
  void agrees(int offset) {
    try (Mapping mapping = file.map(AT, SIZE, true)) {
      MemorySegment mapped = mapping.segment();
      assertThat(mapped.byteSize()).isEqualTo(SIZE);
      file.write(AT + offset, MemorySegment.ofArray(new byte[] {0x5a}));
      assertThat(mapped.get(ValueLayout.JAVA_BYTE, offset)).isEqualTo((byte) 0x5a);
      assertThat(card.memory.get(ValueLayout.JAVA_BYTE, offset)).isEqualTo((byte) 0x5a);
      mapped.set(ValueLayout.JAVA_BYTE, offset, (byte) 0x33);
      byte[] read = new byte[1];
      assertThat(file.read(AT + offset, MemorySegment.ofArray(read))).isEqualTo(1);
      assertThat(read[0]).isEqualTo((byte) 0x33);
      file.write(AT + offset, UserBuffer.of(MemorySegment.ofArray(new byte[] {0x77})));
      file.read(AT + offset, UserBuffer.of(MemorySegment.ofArray(read)));
      assertThat(read[0]).isEqualTo((byte) 0x77);
    }
  }

  @Test
  @DisplayName("all of it at once, and not one byte more")
  void endsAtItsEnd() {
    assertThat(file.read(AT, MemorySegment.ofArray(new byte[SIZE]))).isEqualTo(SIZE);
    MemorySegment more = MemorySegment.ofArray(new byte[SIZE + 1]);
    assertErrno(Errno.EFAULT, () -> file.read(AT, more));
    assertErrno(Errno.EFAULT, () -> file.write(AT, more));
    MemorySegment one = MemorySegment.ofArray(new byte[1]);
    assertErrno(Errno.EFAULT, () -> file.read(AT + SIZE, one));
    assertErrno(Errno.EFAULT, () -> file.write(AT + SIZE, one));
    assertErrno(Errno.EINVAL, () -> file.map(AT, SIZE + 1, true));
  }

  @ParameterizedTest(name = "region {0}, offset {1}, {2} bytes, shared {3}")
  @CsvSource({
    "2, 0, 0, true",
    "2, 0, -1, true",
    "2, 0, 4096, false",
    "2, 1, 4096, true",
    "2, 2048, 4096, true",
    "2, 8192, 8192, true",
    "2, 12288, 4096, true",
    "2, 0, 9223372036854775807, true",
    "2, 4096, 9223372036854775807, true",
    "0, 0, 4096, true",
    "3, 0, 4096, true",
    "4, 0, 4096, true",
    "7, 0, 4096, true",
    "6, 0, 4096, true",
    "6, 0, 12288, true",
    "6, 4096, 4097, true",
    "6, 8192, 4096, true",
  })
  @DisplayName("what can't be mapped is EINVAL, and holds nothing")
  void refusesMapping(int region, long offset, long length, boolean shared) {
    assertErrno(Errno.EINVAL, () -> file.map(Card.at(region) + offset, length, shared));
    file.close();
    assertThat(card.calls).containsExactly("open", "close");
  }

  @Test
  @DisplayName("a negative position can't be mapped")
  void refusesNegative() {
    assertErrno(Errno.EINVAL, () -> file.map(-4096, 4096, true));
    assertErrno(Errno.EINVAL, () -> file.map(Long.MIN_VALUE, 4096, true));
  }

  @Test
  @DisplayName("4.3: of a sparse region the listed range")
  void mapsSparse() {
    card.memory.set(ValueLayout.JAVA_BYTE, 4096, (byte) 9);
    try (Mapping mapping = file.map(Card.at(Card.SPARSE) + 4096, 4096, true)) {
      assertThat(mapping.segment().byteSize()).isEqualTo(4096);
      assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 9);
    }
  }

  @Test
  @DisplayName("1.5: a mapping keeps the device open, and counts as its user")
  void mappingKeepsOpen() {
    Mapping first = file.map(AT, 4096, true);
    Mapping second = file.map(AT + 4096, 4096, true);
    file.close();
    assertErrno(Errno.EBADF, () -> file.map(AT, 4096, true));
    assertThat(registration.users()).containsExactly("guest");
    first.close();
    first.close();
    assertThat(card.calls).containsExactly("open");
    second.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 4);
    assertThat(card.memory.get(ValueLayout.JAVA_BYTE, 4096)).isEqualTo((byte) 4);
    second.close();
    assertThat(card.calls).containsExactly("open", "close");
    assertThat(registration.users()).isEmpty();
  }
}
