package org.mdev4j.vfiouser.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("Memory for messages: as large as they are, and freed when it is closed")
class BufferTest {
  @Test
  @DisplayName("it grows by need, not at once to the largest message, and keeps what is there")
  void grows() {
    try (Buffer buffer = new Buffer()) {
      buffer.bytes().set(ValueLayout.JAVA_BYTE, 15, (byte) 7);
      assertThat(buffer.room(4128).byteSize()).isEqualTo(8192);
      assertThat(buffer.room(100_000).byteSize()).isEqualTo(100_000);
      assertThat(buffer.room(600_000).byteSize()).isEqualTo(600_000);
      assertThat(buffer.room(Header.MAX_MESSAGE).byteSize()).isEqualTo(Header.MAX_MESSAGE);
      assertThat(buffer.room(16)).isSameAs(buffer.bytes());
      assertThat(buffer.bytes().get(ValueLayout.JAVA_BYTE, 15)).isEqualTo((byte) 7);
    }
  }

  @Test
  void freed() {
    Buffer buffer = new Buffer();
    MemorySegment small = buffer.bytes();
    MemorySegment large = buffer.room(5000);
    assertThat(small.scope().isAlive()).as("replaced").isFalse();
    assertThat(large.scope().isAlive()).isTrue();
    buffer.close();
    buffer.close();
    assertThat(large.scope().isAlive()).isFalse();
    assertThatThrownBy(() -> buffer.room(16)).isInstanceOf(ErrnoException.class);
  }
}
