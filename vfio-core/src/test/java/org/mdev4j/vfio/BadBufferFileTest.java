package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Card;
import org.mdev4j.vfio.model.UserBuffer;

@DisplayName("vfio 4.1: user memory that is not accessible is EFAULT")
class BadBufferFileTest {
  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("written from it, nothing reaches the device")
  void writesNothing() {
    assertErrno(Errno.EFAULT, () -> file.write(Card.at(Card.WORDS), UserBuffer.bad(4)));
    assertThat(card.units).isEmpty();
    card.memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    assertErrno(Errno.EFAULT, () -> file.write(Card.at(Card.MEMORY), UserBuffer.bad(4)));
    assertThat(card.memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
  }

  @Test
  @DisplayName("read into it, registers and memory")
  void readsNothing() {
    assertErrno(Errno.EFAULT, () -> file.read(Card.at(Card.WORDS), UserBuffer.bad(4)));
    assertErrno(Errno.EFAULT, () -> file.read(Card.at(Card.MEMORY), UserBuffer.bad(4)));
  }

  @Test
  @DisplayName("a good buffer is read and written as plain memory is")
  void goodBuffer() {
    byte[] bytes = new byte[6];
    assertThat(file.read(2, UserBuffer.of(MemorySegment.ofArray(bytes)))).isEqualTo(6);
    assertThat(bytes).containsExactly(2, 3, 4, 5, 6, 7);
    assertThat(file.write(2, UserBuffer.of(MemorySegment.ofArray(bytes)))).isEqualTo(6);
    assertThat(card.units).containsExactly("r2@2", "r4@4", "w2@2", "302", "w4@4", "7060504");
  }
}
