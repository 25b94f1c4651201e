package org.mdev4j.sim.ap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.AdapterInterrupt;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.device.host.HostBuffer;

@DisplayName("ap 12: queues, their answers and states")
class QueueTest {
  private static final Apqn CCA = new Apqn(5, 4);
  private static final Apqn ACCELERATOR = new Apqn(6, 4);

  private final Rig rig = new Rig();
  private final ApGuest guest = rig.guest();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("12.4: TAPQ tells type, functions, depth and message limit; nothing for 01")
  void tapq() {
    TestedQueue tested = rig.ap.tapq(CCA);
    assertThat(tested.status().word()).isEqualTo(0x80000000);
    assertThat(tested.gr2()).isEqualTo(0x72000000_0b000007L);
    assertThat(tested.type()).isEqualTo(11);
    assertThat(tested.functions()).isEqualTo(0x72000000);
    assertThat(tested.depth()).isEqualTo(7);
    assertThat(tested.messageLimit()).isEqualTo(12288);
    TestedQueue none = rig.ap.tapq(new Apqn(9, 4));
    assertThat(none.status().response()).isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(none.gr2()).isZero();
  }

  @Test
  @DisplayName("12.2: the status word of a fresh queue, with a request, with a reply")
  void statusWords() {
    rig.slow();
    assertThat(guest.tapq(CCA).status().word()).isEqualTo(0x80000000);
    assertThat(guest.nqap(CCA, 1, message("a")).word()).isZero();
    rig.answer(1);
    assertThat(guest.tapq(CCA).status().word()).isEqualTo(0x40000000);
    assertThat(guest.dqap(CCA, 100).status().word()).isEqualTo(0x80000000);
  }

  @Test
  @DisplayName("12.5, 12.6: echo, FIFO, psmid matching")
  void echo() {
    for (int i = 1; i <= 5; i++) {
      assertThat(guest.nqap(CCA, i % 2, message("m" + i)).isNormal()).isTrue();
    }
    rig.panel.settle();
    for (int i = 1; i <= 5; i++) {
      Dequeued reply = guest.dqap(CCA, 100);
      assertThat(reply.status().isNormal()).isTrue();
      assertThat(reply.psmid()).isEqualTo(i % 2);
      assertThat(reply.data()).isEqualTo(("\0m" + i).getBytes(US_ASCII));
    }
  }

  @Test
  @DisplayName("12.6: nothing ready is 10, and the flag tells whether requests are inside")
  void nothingReady() {
    rig.slow();
    assertThat(guest.dqap(CCA, 10).status().word()).isEqualTo(0x80100000);
    guest.nqap(CCA, 1, message("a"));
    assertThat(guest.dqap(CCA, 10).status().word()).isEqualTo(0x00100000);
  }

  @Test
  @DisplayName("12.4, 12.5: depth + 1 messages, then full: 10")
  void full() {
    rig.slow();
    for (int i = 0; i < 8; i++) {
      ApStatus status = guest.nqap(CCA, i, message("x"));
      assertThat(status.isNormal()).isTrue();
      assertThat(status.has(ApStatus.FULL)).isEqualTo(i == 7);
    }
    ApStatus ninth = guest.nqap(CCA, 8, message("x"));
    assertThat(ninth.response()).isEqualTo(ResponseCode.FULL_OR_NO_REPLY);
    assertThat(ninth.has(ApStatus.FULL)).isTrue();
    rig.answer(8);
    assertThat(guest.nqap(CCA, 8, message("x")).response())
        .isEqualTo(ResponseCode.FULL_OR_NO_REPLY);
    assertThat(guest.dqap(CCA, 9).psmid()).isZero();
    assertThat(guest.nqap(CCA, 8, message("x")).isNormal()).isTrue();
  }

  @Test
  @DisplayName("12.3: a message above the limit is 15")
  void tooBig() {
    assertThat(guest.nqap(CCA, 1, new byte[12289]).response())
        .isEqualTo(ResponseCode.MESSAGE_TOO_BIG);
    assertThat(guest.nqap(CCA, 1, new byte[12288]).isNormal()).isTrue();
  }

  @Test
  @DisplayName("12.6: a small buffer gets a reply in parts: FF, then the rest")
  void parts() {
    guest.nqap(CCA, 9, message("hello"));
    rig.panel.settle();
    Dequeued first = guest.dqap(CCA, 4);
    assertThat(first.status().response()).isEqualTo(ResponseCode.MORE);
    assertThat(first.psmid()).isEqualTo(9);
    assertThat(first.residual()).isEqualTo(2);
    assertThat(first.status().has(ApStatus.REPLIES)).isTrue();
    Dequeued rest = guest.dqap(CCA, 4);
    assertThat(rest.status().word()).isEqualTo(0x80000000);
    assertThat(new String(first.data(), US_ASCII) + new String(rest.data(), US_ASCII))
        .isEqualTo("\0hello");
  }

  @Test
  @DisplayName("12.9: a queue outside the guest's masks is 01, from the next instruction on")
  void outsideTheMasks() {
    assertThat(guest.nqap(CCA, 1, message("a")).isNormal()).isTrue();
    guest.load(rig.ap.qci().matrix().withAdapters(ApMask.of(6)));
    assertThat(guest.nqap(CCA, 1, message("a")).response()).isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(guest.dqap(CCA, 9).status().response()).isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(guest.tapq(CCA).gr2()).isZero();
    assertThat(guest.rapq(CCA).response()).isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(guest.zapq(CCA).response()).isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(guest.qci().matrix().apm()).isEqualTo(ApMask.of(6));
  }

  @Test
  @DisplayName("12.7: ZAPQ during work: the reply is never delivered; 02, then empty")
  void resetDuringWork() {
    rig.panel.setTimes(Rig.MESSAGE_TIME, Duration.ofMillis(50), Duration.ZERO);
    guest.nqap(CCA, 1, message("a"));
    assertThat(guest.zapq(CCA).isNormal()).isTrue();
    assertThat(guest.tapq(CCA).status().response()).isEqualTo(ResponseCode.RESET_IN_PROGRESS);
    assertThat(guest.nqap(CCA, 2, message("b")).response())
        .isEqualTo(ResponseCode.RESET_IN_PROGRESS);
    assertThat(rig.read("/sys/bus/ap/devices/05.0004/reset")).isEqualTo("Reset in progress.\n");
    rig.answer(5);
    assertThat(guest.rapq(CCA).response()).isEqualTo(ResponseCode.RESET_IN_PROGRESS);
    rig.clock.advance(Duration.ofMillis(50));
    assertThat(guest.tapq(CCA).status().word()).isEqualTo(0x80000000);
    assertThat(guest.dqap(CCA, 9).status().word()).isEqualTo(0x80100000);
    // A request after the reset is answered in its own time.
    guest.nqap(CCA, 3, message("c"));
    rig.answer(1);
    assertThat(guest.dqap(CCA, 9).psmid()).isEqualTo(3);
  }

  @Test
  @DisplayName("12.8: deconfigured 03 and checkstopped 04 lose the content, and recover")
  void unavailable() {
    guest.nqap(CCA, 1, message("a"));
    rig.panel.setConfigured(CCA, false);
    assertThat(guest.tapq(CCA).status().word()).isEqualTo(0x80030000);
    assertThat(guest.tapq(CCA).type()).isEqualTo(11);
    assertThat(guest.nqap(CCA, 1, message("a")).response()).isEqualTo(ResponseCode.DECONFIGURED);
    assertThat(rig.read("/sys/bus/ap/devices/05.0004/config")).isEqualTo("0\n");
    rig.panel.setConfigured(CCA, true);
    assertThat(guest.tapq(CCA).status().word()).isEqualTo(0x80000000);
    rig.panel.setCheckstopped(CCA, true);
    assertThat(guest.zapq(CCA).response()).isEqualTo(ResponseCode.CHECKSTOPPED);
    assertThat(rig.read("/sys/bus/ap/devices/05.0004/chkstop")).isEqualTo("1\n");
    rig.panel.setCheckstopped(CCA, false);
    assertThat(guest.zapq(CCA).isNormal()).isTrue();
  }

  @Test
  @DisplayName("12.10: SHA-256, and an unknown opcode is answered with status 01")
  void sha256() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest("abc".getBytes(US_ASCII));
    assertThat(exchange(CCA, 0x01, "abc".getBytes(US_ASCII))).isEqualTo(concat(0, digest));
    assertThat(exchange(CCA, 0x50, new byte[9])).isEqualTo(new byte[] {1});
    assertThat(exchange(ACCELERATOR, 0x01, new byte[9])).isEqualTo(new byte[] {1});
    guest.nqap(CCA, 1, new byte[0]);
    rig.panel.settle();
    assertThat(guest.dqap(CCA, 9).data()).isEqualTo(new byte[] {1});
  }

  @Test
  @DisplayName("12.10: modular exponentiation; a bad length is answered with status 01")
  void modularExponentiation() {
    byte[] body = HexFormat.of().parseHex("0001030002010100030fffff");
    BigInteger expected =
        BigInteger.valueOf(3).modPow(BigInteger.valueOf(0x101), BigInteger.valueOf(0x0fffff));
    byte[] reply = exchange(ACCELERATOR, 0x50, body);
    assertThat(reply).hasSize(4).startsWith(0);
    assertThat(new BigInteger(1, reply)).isEqualTo(expected);
    for (String bad :
        new String[] {
          "", "0001", "00010300020101", "000103000101000100", "0001030001010001050000", "0201"
        }) {
      assertThat(exchange(ACCELERATOR, 0x50, HexFormat.of().parseHex(bad)))
          .as(bad)
          .isEqualTo(new byte[] {1});
    }
  }

  @Test
  @DisplayName("12.10: keys are separate by domain and by card; ZAPQ keeps them")
  void keys() {
    byte[] one = exchange(CCA, 0x02, new byte[] {42});
    byte[] two = exchange(new Apqn(5, 0x47), 0x02, new byte[] {42});
    byte[] three = exchange(new Apqn(4, 4), 0x02, new byte[] {42});
    assertThat(one).startsWith(0).hasSize(33).isNotEqualTo(two).isNotEqualTo(three);
    guest.zapq(CCA);
    assertThat(exchange(CCA, 0x02, new byte[] {42})).isEqualTo(one);
  }

  @Test
  @DisplayName("12.9, 12.10: a message changes a control domain only if it is in the sender's ADM")
  void controlDomains() {
    byte[] before = exchange(new Apqn(5, 0x47), 0x02, new byte[] {42});
    guest.load(rig.ap.qci().matrix().withControlDomains(ApMask.of(4)));
    assertThat(exchange(CCA, 0x10, new byte[] {0x47, 1, 2, 3})).isEqualTo(new byte[] {2});
    assertThat(exchange(new Apqn(5, 0x47), 0x02, new byte[] {42})).isEqualTo(before);
    guest.load(rig.ap.qci().matrix());
    assertThat(exchange(CCA, 0x10, new byte[] {0x47})).isEqualTo(new byte[] {1});
    assertThat(exchange(CCA, 0x10, new byte[] {0x47, 1, 2, 3})).isEqualTo(new byte[] {0});
    assertThat(exchange(new Apqn(5, 0x47), 0x02, new byte[] {42})).isNotEqualTo(before);
  }

  @Test
  @DisplayName("11.6, 12.8: AQIC, its states, and what a reply does")
  void interrupts() {
    Duration time = Duration.ofMillis(20);
    rig.panel.setTimes(Duration.ZERO, Duration.ZERO, time);
    try (HostBuffer nib = rig.host.memory().allocate(16, 16)) {
      AdapterInterrupt on = new AdapterInterrupt(true, 5, 3, guest.gisa(), nib.address());
      assertThat(aqic(new AdapterInterrupt(true, 5, 3, guest.gisa(), 0)))
          .isEqualTo(ResponseCode.INVALID_ADDRESS);
      assertThat(aqic(new AdapterInterrupt(true, 5, 3, null, nib.address())))
          .isEqualTo(ResponseCode.INVALID_GISA);
      assertThat(aqic(AdapterInterrupt.off())).isEqualTo(ResponseCode.OTHERWISE_CHANGED);
      assertThat(aqic(on)).isEqualTo(ResponseCode.NORMAL);
      assertThat(aqic(on)).isEqualTo(ResponseCode.BUSY);
      assertThat(guest.tapq(CCA).status().has(ApStatus.INTERRUPTS)).isFalse();
      assertThat(rig.read("/sys/bus/ap/devices/05.0004/interrupt"))
          .isEqualTo("Enable Interrupt pending.\n");
      rig.clock.advance(time);
      assertThat(guest.tapq(CCA).status().word()).isEqualTo(0x81000000);
      assertThat(aqic(on)).isEqualTo(ResponseCode.OTHERWISE_CHANGED);
      assertThat(exchange(CCA, 0, new byte[1])).isEqualTo(new byte[2]);
      assertThat(nib.segment().get(ValueLayout.JAVA_BYTE, 0)).isNotZero();
      assertThat(guest.takeInterrupt(3)).isTrue();
      assertThat(guest.takeInterrupt(3)).isFalse();
      assertThat(aqic(AdapterInterrupt.off())).isEqualTo(ResponseCode.NORMAL);
      assertThat(guest.tapq(CCA).status().has(ApStatus.INTERRUPTS)).isTrue();
      rig.clock.advance(time);
      assertThat(guest.tapq(CCA).status().has(ApStatus.INTERRUPTS)).isFalse();
      assertThat(exchange(CCA, 0, new byte[1])).isEqualTo(new byte[2]);
      assertThat(guest.takeInterrupt(3)).isFalse();
    }
  }

  @Test
  @DisplayName("12.7: a reset disables interrupts")
  void resetDisablesInterrupts() {
    try (HostBuffer nib = rig.host.memory().allocate(16, 16)) {
      assertThat(aqic(new AdapterInterrupt(true, 5, 3, guest.gisa(), nib.address())))
          .isEqualTo(ResponseCode.NORMAL);
      assertThat(rig.read("/sys/bus/ap/devices/05.0004/interrupt"))
          .isEqualTo("Interrupts enabled.\n");
      assertThat(rig.write("/sys/bus/ap/devices/05.0004/reset", "1")).isNull();
      assertThat(rig.read("/sys/bus/ap/devices/05.0004/interrupt"))
          .isEqualTo("Interrupts disabled.\n");
      assertThat(rig.read("/sys/bus/ap/devices/05.0004/reset")).isEqualTo("No Reset action.\n");
    }
  }

  private ResponseCode aqic(AdapterInterrupt control) {
    ApQueue queue = Objects.requireNonNull(rig.ap.bus().device("05.0004")).payload(ApQueue.class);
    return queue.aqic(control).response();
  }

  private byte[] exchange(Apqn apqn, int opcode, byte[] body) {
    assertThat(guest.nqap(apqn, 1, concat(opcode, body)).isNormal()).isTrue();
    rig.panel.settle();
    return guest.dqap(apqn, 1000).data();
  }

  private static byte[] message(String text) {
    return concat(0, text.getBytes(US_ASCII));
  }

  private static byte[] concat(int first, byte[] rest) {
    byte[] all = new byte[1 + rest.length];
    all[0] = (byte) first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
