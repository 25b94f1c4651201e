package org.mdev4j.driver.ccw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Scsw;

/** A subchannel's way from the css bus to a user and back. */
class WalkTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void aUserAsksTheDiskWhatItIs() {
    try (CcwUser user = host.open(0)) {
      Irb irb = user.run(new Ccw(0xE4, Ccw.SUPPRESS_LENGTH, 40, IOVA + 0x1FF0));
      assertThat(irb.scsw().toString()).isEqualTo("SCSW 00C04007 00100008 0C000021");
      byte[] id = user.memory.asSlice(0x1FF0, 12).toArray(ValueLayout.JAVA_BYTE);
      assertThat(HexFormat.of().formatHex(id)).startsWith("ff631080933610");
      assertThat(host.trace())
          .containsExactly("OPEN in CLOSED", "IO_REQ in IDLE", "INTERRUPT in CP_PENDING");
    }
    assertThat(host.trace()).containsExactly("CLOSE in IDLE");
  }

  @Test
  void aUserHaltsAProgramThatTakesItsTime() {
    try (CcwUser user = host.open(2)) {
      user.program(IOVA, new Ccw(0x0A, 0, 1, IOVA + 0x2000));
      user.start(CcwUser.orb(IOVA));
      host.css().settle();
      user.halt();
      Irb irb = user.awaitIrb();
      assertThat(irb.scsw().has(Scsw.HALT)).isTrue();
      assertThat(irb.scsw().status()).isEqualTo(Scsw.PENDING);
      host.awaitNothingPinned();
    }
  }

  @Test
  void memoryOfTheUserIsReadByTheDevice() {
    try (CcwUser user = host.open(0)) {
      byte[] define = new byte[16];
      MemorySegment.ofArray(define)
          .set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN), 12, 7);
      user.memory.asSlice(0x3000, 16).copyFrom(MemorySegment.ofArray(define));
      byte[] locate = {6, 0, 0, 1, 0, 0, 0, 0};
      user.memory.asSlice(0x3100, 8).copyFrom(MemorySegment.ofArray(locate));
      Irb irb =
          user.run(
              new Ccw(0x63, Ccw.CHAIN_COMMAND, 16, IOVA + 0x3000),
              new Ccw(0x43, Ccw.CHAIN_COMMAND, 8, IOVA + 0x3100),
              new Ccw(0x42, 0, 512, IOVA + 0x4F00));
      assertThat(irb.scsw().toString()).isEqualTo("SCSW 00C04007 00100018 0C000000");
      assertThat(
              new String(user.memory.asSlice(0x4F00, 6).toArray(ValueLayout.JAVA_BYTE), US_ASCII))
          .isEqualTo("mdev4j");
    }
  }
}
