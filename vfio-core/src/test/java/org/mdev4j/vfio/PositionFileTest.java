package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Card;

@DisplayName("1.5: plain reads and writes start at 0 and advance")
class PositionFileTest {
  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final VfioRegistration registration = host.register(host.device("toy0"), card);
  private final DeviceFile file = host.open(registration);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("reads and writes share one position, accesses at a position leave it alone")
  void advances() {
    assertThat(file.read(bytes(4))).isEqualTo(4);
    file.read(32, bytes(1));
    assertThat(file.write(bytes(2))).isEqualTo(2);
    file.read(bytes(1));
    assertThat(card.units).containsExactly("r4@0", "r1@32", "w2@4", "0", "r1@6");
  }

  @Test
  @DisplayName("each file has its own")
  void isOfTheFile() {
    file.read(bytes(4));
    host.open(registration).read(bytes(4));
    assertThat(card.units).containsExactly("r4@0", "r4@0");
  }

  @Test
  @DisplayName("an access that fails does not advance it")
  void staysOnFailure() {
    file.read(bytes(4));
    card.refused = offset -> true;
    assertErrno(Errno.EFAULT, () -> file.read(bytes(4)));
    assertErrno(Errno.EFAULT, () -> file.write(bytes(4)));
    card.refused = offset -> false;
    file.read(bytes(4));
    assertThat(card.units).containsExactly("r4@0", "r4@4");
  }

  private static MemorySegment bytes(int size) {
    return MemorySegment.ofArray(new byte[size]);
  }
}
