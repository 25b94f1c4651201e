package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.vfio.ToyDevices.Card;
import org.mdev4j.vfio.model.UserBuffer;

@DisplayName("vfio 4.7: RESET")
class ResetFileTest {
  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));

  private final List<String> failed = new ArrayList<>();
  private final Tracing.Listening listening =
      host.host.tracing().onFailure((what, failure) -> failed.add(what));

  @AfterEach
  void close() {
    listening.close();
    host.close();
  }

  @Test
  @DisplayName("the model is reset, also one that does not announce it")
  void resets() {
    file.reset();
    card.announced = false;
    file.reset();
    assertThat(card.calls).containsExactly("open", "reset", "reset");
    assertThat(file.migration()).isNull();
  }

  @Test
  @DisplayName("a device that can't is ENOTTY")
  void refuses() {
    DeviceFile plain = host.open(host.register(host.device("toy1"), new ToyModel()));
    assertErrno(Errno.ENOTTY, plain::reset);
  }

  @Test
  @DisplayName("the model's errno arrives, one that breaks is EIO; the device stays open")
  void fails() {
    card.onReset =
        () -> {
          throw new ErrnoException(Errno.EBUSY, "refused by a test");
        };
    assertErrno(Errno.EBUSY, file::reset);
    card.onReset =
        () -> {
          throw new IllegalStateException("by a test");
        };
    assertErrno(Errno.EIO, file::reset);
    card.onReset =
        () -> {
          throw new AssertionError("by a test");
        };
    assertErrno(Errno.EIO, file::reset);
    assertThat(file.info(16).regions()).isEqualTo(Card.REGIONS);
    assertThat(failed).containsExactly("reset of toy0", "reset of toy0");
  }

  @Test
  @DisplayName("4.1: a model that breaks with an Error in an access is EIO, and told, too")
  void accessFails() {
    card.onUnit =
        () -> {
          throw new StackOverflowError("by a test");
        };
    MemorySegment word = MemorySegment.ofArray(new byte[4]);
    assertErrno(Errno.EIO, () -> file.read(0, word));
    assertErrno(Errno.EIO, () -> file.write(0, word));
    assertErrno(Errno.EIO, () -> file.read(0, UserBuffer.of(word)));
    assertErrno(Errno.EIO, () -> file.write(0, UserBuffer.of(word)));
    card.onUnit = () -> {};
    assertThat(file.read(0, word)).isEqualTo(4);
    assertThat(failed)
        .containsExactly("read of toy0", "write of toy0", "read of toy0", "write of toy0");
  }
}
