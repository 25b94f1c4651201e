package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.ToyDevices.Card;
import org.mdev4j.vfio.model.UserBuffer;

@DisplayName("vfio 4.1: a region whose model takes accesses whole")
class WholeRegionFileTest {
  private static final long AT = Card.at(Card.WHOLE);

  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));
  private final byte[] bytes = new byte[5];
  private final MemorySegment user = MemorySegment.ofArray(bytes);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("gets offset and size as they are, also unaligned and beyond its size")
  void getsAll() {
    file.read(AT + 3, user);
    file.write(AT + 1, user);
    file.read(AT + 1000, UserBuffer.of(user));
    file.write(AT + 62, UserBuffer.bad(7));
    assertThat(card.units).containsExactly("R5@3", "W5@1", "R5@1000", "W7@62");
  }

  @Test
  @DisplayName("its answer is the call's, also a short one")
  void answers() {
    card.whole = buffer -> 2L;
    assertThat(file.read(AT, user)).isEqualTo(2);
    assertThat(file.write(AT, UserBuffer.of(user))).isEqualTo(2);
  }

  @Test
  @DisplayName("it works on the user's own bytes")
  void sharesBuffer() {
    card.whole =
        buffer -> {
          byte[] copied = new byte[2];
          buffer.copyFrom(0, MemorySegment.ofArray(copied));
          buffer.copyTo(3, MemorySegment.ofArray(copied));
          return 5L;
        };
    bytes[0] = 1;
    bytes[1] = 2;
    file.write(AT, user);
    assertThat(bytes).containsExactly(1, 2, 0, 1, 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"EINVAL", "EBUSY", "ENODEV", "EACCES"})
  @DisplayName("its refusal arrives with its own errno")
  void refuses(Errno errno) {
    card.whole =
        buffer -> {
          throw new ErrnoException(errno, "refused by a test");
        };
    assertErrno(errno, () -> file.read(AT, user));
    assertErrno(errno, () -> file.write(AT, user));
  }

  @Test
  @DisplayName("one that breaks is EIO")
  void breaks() {
    card.whole =
        buffer -> {
          throw new IllegalStateException("by a test");
        };
    assertErrno(Errno.EIO, () -> file.read(AT, UserBuffer.of(user)));
    assertErrno(Errno.EIO, () -> file.write(AT, user));
  }

  @Test
  @DisplayName("a buffer where nothing is gives EFAULT when the model copies")
  void faults() {
    card.whole =
        buffer -> {
          buffer.copyFrom(0, MemorySegment.ofArray(new byte[1]));
          return 1L;
        };
    assertErrno(Errno.EFAULT, () -> file.write(AT, UserBuffer.bad(5)));
    card.whole =
        buffer -> {
          buffer.copyTo(0, MemorySegment.ofArray(new byte[1]));
          return 1L;
        };
    assertErrno(Errno.EFAULT, () -> file.read(AT, UserBuffer.bad(5)));
  }
}
