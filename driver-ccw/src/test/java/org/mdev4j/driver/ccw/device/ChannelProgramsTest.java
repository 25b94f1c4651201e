package org.mdev4j.driver.ccw.device;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.orb;
import static org.mdev4j.driver.ccw.Refusal.refused;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.program.ReferenceChannel;
import org.mdev4j.sim.css.Console;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ccw 3: channel programs, from the user's write to the device and back")
class ChannelProgramsTest {
  private static final int DEVICE = 0;
  private static final int CONSOLE = 1;
  private static final int PAGE = 4096;
  private static final int TEXT = IOVA + 0x4FFD;
  private static final int LIST = IOVA + 0x1000;
  private static final int DATA = IOVA + 0x8000;
  private static final int UNMAPPED = 0x3000;
  private static final int NORMAL_END = Scsw.PRIMARY | Scsw.SECONDARY | Scsw.PENDING;

  private final CcwHost host =
      new CcwHost(
          """
          {"subchannels": [
             {"number": "0000", "device": "0200", "chpids": ["20", "21"], "kind": "test",
              "commands": %s},
             {"number": "0001", "device": "0009", "chpids": ["20"], "kind": "3215"}]}
          """
              .formatted(ReferenceChannel.COMMANDS));

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("9.45 a program of format 0 and the same of format 1 have the same effects")
  void bothFormats() {
    try (CcwUser user = host.open(CONSOLE)) {
      List<String> written = new ArrayList<>();
      ByteArrayOutputStream screen = connect();
      Ccw[] program = {
        new Ccw(0x01, Ccw.CHAIN_DATA, 6, TEXT),
        new Ccw(0x01, Ccw.CHAIN_COMMAND | Ccw.INDIRECT, 5, LIST),
        new Ccw(Ccw.TIC, 0, 0, IOVA + 0x100),
      };
      Ccw[] end = {
        new Ccw(0x09, Ccw.CHAIN_COMMAND, 1, TEXT), new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 9, DATA)
      };
      user.memory.asSlice(TEXT - IOVA).copyFrom(MemorySegment.ofArray("Hello,".getBytes(US_ASCII)));
      BigEndian.doubleword(user.memory, LIST - IOVA, TEXT + 0x3000);
      BigEndian.doubleword(user.memory, LIST + 8 - IOVA, IOVA + 0xA000);
      user.memory.asSlice(0x7FFD).copyFrom(MemorySegment.ofArray(" ch".getBytes(US_ASCII)));
      user.memory.asSlice(0xA000).copyFrom(MemorySegment.ofArray("an".getBytes(US_ASCII)));

      List<Irb> irbs = new ArrayList<>();
      for (int format : new int[] {Orb.FORMAT_1, 0}) {
        put(user, IOVA, format, program);
        put(user, IOVA + 0x100, format, end);
        user.start(withoutFormat(orb(IOVA), format));
        irbs.add(user.awaitIrb());
        written.add(screen.toString());
        screen.reset();
      }
      assertThat(written).containsExactly("Hello, chanH", "Hello, chanH");
      assertThat(irbs.get(1)).as("command 02 is unknown to it").isEqualTo(irbs.get(0));
      assertThat(irbs.get(0).scsw().cpa()).isEqualTo(IOVA + 0x110);
      assertThat(irbs.get(0).scsw().deviceStatus()).isEqualTo(0x02);
    }
  }

  @ParameterizedTest(name = "command {0}")
  @ValueSource(ints = {0x08, 0x18, 0x58, 0xF8})
  @DisplayName("9.46 in format 0 these commands are TICs; in format 1 all but one are no command")
  void tics(int command) {
    try (CcwUser user = host.open(DEVICE)) {
      Ccw nop = new Ccw(0x03, Ccw.CHAIN_COMMAND, 1, DATA);
      Ccw tic = new Ccw(command, 0, 0, IOVA + 0x100);
      put(user, IOVA, 0, nop, tic);
      put(user, IOVA + 0x100, 0, new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 3, DATA));
      user.start(withoutFormat(orb(IOVA), 0));
      assertThat(user.awaitIrb().scsw().cpa()).isEqualTo(IOVA + 0x108);
      assertThat(bytes(user, DATA, 4)).containsExactly(1, 2, 3, 0);

      put(user, IOVA, Orb.FORMAT_1, new Ccw(0x03, Ccw.CHAIN_COMMAND, 0, 0), tic);
      put(user, IOVA + 0x100, Orb.FORMAT_1, new Ccw(0x03, 0, 0, 0));
      user.start(orb(IOVA));
      Scsw scsw = user.awaitIrb().scsw();
      assertThat(scsw.subchannelStatus()).isEqualTo(command == Ccw.TIC ? 0 : Scsw.PROGRAM_CHECK);
      assertThat(scsw.cpa()).isEqualTo(command == Ccw.TIC ? IOVA + 0x108 : IOVA + 0x10);
    }
  }

  @Test
  @DisplayName("9.48 a program that goes round in two chains is accepted, and ends by halt")
  void pingPong() {
    try (CcwUser user = host.open(DEVICE)) {
      Ccw nop = new Ccw(0x03, Ccw.CHAIN_COMMAND, 0, 0);
      user.program(IOVA, nop, new Ccw(Ccw.TIC, 0, 0, IOVA + 0x100));
      user.program(IOVA + 0x100, nop, new Ccw(Ccw.TIC, 0, 0, IOVA));
      user.start(orb(IOVA));
      user.halt();
      assertThat(user.awaitIrb().scsw().has(Scsw.HALT)).isTrue();
      assertThat(user.run(new Ccw(0x03, 0, 0, 0)).scsw().status()).isEqualTo(NORMAL_END);
    }
  }

  @Test
  @DisplayName("9.49 status modifier skips a TIC that leads back")
  void statusModifier() {
    try (CcwUser user = host.open(DEVICE)) {
      Irb irb =
          user.run(
              new Ccw(0x03, Ccw.CHAIN_COMMAND, 0, 0),
              new Ccw(0x0F, Ccw.CHAIN_COMMAND, 0, 0),
              new Ccw(Ccw.TIC, 0, 0, IOVA + 8),
              new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 2, DATA));
      assertThat(irb.scsw().toString()).isEqualTo("SCSW 00C04007 00100020 0C000000");
      assertThat(bytes(user, DATA, 3)).containsExactly(1, 2, 0);
    }
  }

  @Test
  @DisplayName("9.50 a TIC to the middle of a chain executes from there")
  void ticToTheMiddle() {
    try (CcwUser user = host.open(DEVICE)) {
      user.program(
          IOVA,
          new Ccw(0x02, Ccw.CHAIN_COMMAND | Ccw.SUPPRESS_LENGTH, 1, DATA),
          new Ccw(Ccw.TIC, 0, 0, IOVA + 0x108));
      user.program(
          IOVA + 0x100,
          new Ccw(Ccw.TIC, Ccw.CHAIN_COMMAND, 0, IOVA),
          new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 3, DATA + 4));
      user.start(orb(IOVA));
      assertThat(user.awaitIrb().scsw().cpa()).isEqualTo(IOVA + 0x110);
      assertThat(bytes(user, DATA, 8)).containsExactly(1, 0, 0, 0, 1, 2, 3, 0);
    }
  }

  @Test
  @DisplayName("9.51 a direct read crosses pages")
  void crossesPages() {
    try (CcwUser user = host.open(DEVICE)) {
      Irb irb = user.run(new Ccw(0x02, 0, 300, DATA + 0xFF0));
      assertThat(irb.scsw().toString()).isEqualTo("SCSW 00C04007 00100008 0C000000");
      assertThat(bytes(user, DATA + 0xFEF, 3)).containsExactly(0, 1, 2);
      assertThat(bytes(user, DATA + 0xFFF, 2)).containsExactly(16, 17);
      assertThat(bytes(user, DATA + 0xFF0 + 298, 3)).containsExactly(43, 44, 0);
    }
  }

  @Test
  @DisplayName("9.52 data of scattered pages keep their order, from the offset of the first IDAW")
  void scattered() {
    try (CcwUser user = host.open(DEVICE)) {
      BigEndian.doubleword(user.memory, LIST - IOVA, DATA + 0x5FFE);
      BigEndian.doubleword(user.memory, LIST - IOVA + 8, DATA + 0x2000);
      var _ = user.run(new Ccw(0x02, Ccw.INDIRECT, 300, LIST));
      assertThat(bytes(user, DATA + 0x5FFD, 3)).containsExactly(0, 1, 2);
      assertThat(bytes(user, DATA + 0x2000, 2)).containsExactly(3, 4);
      assertThat(bytes(user, DATA + 0x2000 + 297, 2)).containsExactly(44, 0);
    }
  }

  @ParameterizedTest(name = "ORB bits {0}")
  @ValueSource(ints = {0, Orb.IDAW_2K, Orb.FORMAT_2_IDAW | Orb.IDAW_2K})
  @DisplayName("9.53, 9.54 other formats of IDAWs are EOPNOTSUPP, unless nothing uses them")
  void otherIdaws(int bits) {
    try (CcwUser user = host.open(DEVICE)) {
      Orb orb = new Orb(0, Orb.FORMAT_1 | Orb.PREFETCH | 0x8000 | bits, IOVA);
      user.program(IOVA, new Ccw(0x02, Ccw.INDIRECT, 8, LIST));
      refused(Errno.EOPNOTSUPP, () -> user.start(orb));
      assertThat(user.returnCode()).isEqualTo(-Errno.EOPNOTSUPP.number());
      user.program(IOVA, new Ccw(0x02, 0, 300, DATA + 0x7FE));
      user.start(orb);
      assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
      assertThat(bytes(user, DATA + 0x7FD, 4)).containsExactly(0, 1, 2, 3);
    }
  }

  @Test
  @DisplayName("9.55 what is not mapped is EINVAL, and no pin is left")
  void unmapped() {
    try (CcwUser user = host.open(DEVICE)) {
      Ccw good = new Ccw(0x02, Ccw.CHAIN_COMMAND, 3 * PAGE, DATA);
      assertRefused(Errno.EINVAL, user, UNMAPPED);
      assertRefused(Errno.EINVAL, user, 0);
      assertRefused(Errno.EINVAL, user, 0x8000_0000 | IOVA);
      assertRefused(Errno.EINVAL, user, good, new Ccw(0x02, 0, 1, UNMAPPED));
      assertRefused(Errno.EINVAL, user, good, new Ccw(0x02, Ccw.INDIRECT, 1, UNMAPPED));
      assertRefused(Errno.EINVAL, user, good, new Ccw(0x03, Ccw.INDIRECT, 1, UNMAPPED));
      assertRefused(Errno.EINVAL, user, good, new Ccw(Ccw.TIC, 0, 0, UNMAPPED));
      assertThat(user.io.peek()).as("signals").isZero();
    }
  }

  @Test
  @DisplayName("9.55 a mapping without the rights is EPERM, and no pin is left")
  void noRights() {
    try (CcwUser user = host.open(DEVICE)) {
      user.map(0x4000_0000, GuestMemory.of(user.memory), DmaMap.READ);
      Ccw good = new Ccw(0x02, Ccw.CHAIN_COMMAND, 3 * PAGE, DATA);
      assertRefused(Errno.EPERM, user, good, new Ccw(0x02, 0, 1, 0x4000_0000));
      assertRefused(Errno.EPERM, user, good, new Ccw(0x01, 0, 1, 0x4000_0000));
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(orb(0x4000_0000));
      assertThat(user.awaitIrb().scsw().cpa()).as("programs may lie there").isEqualTo(0x4000_0008);
    }
  }

  @Test
  @DisplayName("9.56 a short program at the very end of the memory runs")
  void atTheEnd() {
    try (CcwUser user = host.open(DEVICE)) {
      int end = IOVA + CcwUser.MEMORY;
      user.program(end - 8, new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 8, end - 16));
      user.start(orb(end - 8));
      assertThat(user.awaitIrb().scsw().cpa()).isEqualTo(end);
      assertThat(bytes(user, end - 16, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }
  }

  @Test
  @DisplayName("9.60 a program that asks not to be prefetched is run all the same")
  void notPrefetched() {
    try (CcwUser user = host.open(DEVICE)) {
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(new Orb(0, orb(IOVA).word1() & ~Orb.PREFETCH, IOVA));
      assertThat(user.awaitIrb().scsw().toString()).isEqualTo("SCSW 00804007 00100008 0C000000");
    }
  }

  @Test
  @DisplayName("9.61 key and interruption parameter stay here; without a path mask all are used")
  void hiddenFromTheDevice() {
    try (CcwUser user = host.open(DEVICE)) {
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(new Orb(0x11223344, 0xF000_0000 | orb(IOVA).word1(), IOVA).withLpm(0x40));
      assertThat(user.awaitIrb().scsw().word0() & Orb.KEY).isZero();
      assertThat(user.schib().pmcw().intparm()).isEqualTo(host.subchannel(0).id().word());
      assertThat(user.schib().pmcw().lpum()).as("the second path").isEqualTo(0x40);
      user.start(orb(IOVA).withLpm(0));
      var _ = user.awaitIrb();
      assertThat(user.schib().pmcw().lpum()).as("the first of all").isEqualTo(0x80);
    }
  }

  @Test
  @DisplayName("3.9: ORB bit X is accepted, reserved bits are EIO")
  void reservedBits() {
    try (CcwUser user = host.open(DEVICE)) {
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(new Orb(0, orb(IOVA).word1() | 0x01, IOVA));
      assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
      for (int bit = 0x02; bit <= 0x40; bit <<= 1) {
        Orb orb = new Orb(0, orb(IOVA).word1() | bit, IOVA);
        refused(Errno.EIO, () -> user.start(orb));
      }
      assertThat(pins(user)).isZero();
    }
  }

  @Test
  @DisplayName("3.8: MIDA ends with a program check; format-0 count 0 does not")
  void asRecorded() {
    try (CcwUser user = host.open(DEVICE)) {
      Irb irb = user.run(new Ccw(0x02, Ccw.MODIFIED_INDIRECT, 8, DATA));
      assertThat(irb.scsw().toString()).isEqualTo("SCSW 00C04017 00100008 00200000");
      put(user, IOVA, 0, new Ccw(0x03, 0, 0, 0));
      user.start(withoutFormat(orb(IOVA), 0));
      assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  @Test
  @DisplayName("3.8: an odd later IDAW, an odd list and an odd CPA are taken as found")
  void unaligned() {
    try (CcwUser user = host.open(DEVICE)) {
      BigEndian.doubleword(user.memory, LIST - IOVA + 4, DATA + 0xFFF);
      BigEndian.doubleword(user.memory, LIST - IOVA + 12, DATA + 0x3003);
      user.program(IOVA + 4, new Ccw(0x02, Ccw.INDIRECT | Ccw.SUPPRESS_LENGTH, 3, LIST + 4));
      user.start(orb(IOVA + 4));
      assertThat(user.awaitIrb().scsw().cpa()).isEqualTo(IOVA + 12);
      assertThat(bytes(user, DATA + 0x3000, 3)).containsExactly(2, 3, 0);

      user.program(IOVA, new Ccw(0x03, Ccw.CHAIN_COMMAND, 0, 0), new Ccw(Ccw.TIC, 0, 0, IOVA + 4));
      user.start(orb(IOVA));
      assertThat(user.awaitIrb().scsw().subchannelStatus())
          .as("an odd place in a chain that is there")
          .isEqualTo(Scsw.PROGRAM_CHECK);
    }
  }

  @Test
  @DisplayName("9.62 addresses in status are the user's: end of the chain, inside another")
  void addressesInStatus() {
    try (CcwUser user = host.open(DEVICE)) {
      Ccw nop = new Ccw(0x03, Ccw.CHAIN_COMMAND, 0, 0);
      user.program(IOVA, nop, new Ccw(Ccw.TIC, 0, 0, DATA));
      user.program(DATA, nop, new Ccw(0x77, Ccw.CHAIN_COMMAND, 1, DATA), nop, nop);
      user.program(DATA + 32, new Ccw(0x03, 0, 0, 0));
      user.start(orb(IOVA));
      assertThat(user.awaitIrb().scsw().cpa()).as("middle of the second").isEqualTo(DATA + 16);
      user.start(orb(DATA + 16));
      assertThat(user.awaitIrb().scsw().cpa()).as("its end").isEqualTo(DATA + 40);
    }
  }

  private void assertRefused(Errno errno, CcwUser user, Ccw... ccws) {
    user.program(IOVA, ccws);
    assertRefused(errno, user, IOVA);
  }

  private static void assertRefused(Errno errno, CcwUser user, int cpa) {
    refused(errno, () -> user.start(orb(cpa)));
    assertThat(user.returnCode()).isEqualTo(-errno.number());
    assertThat(pins(user)).isZero();
    assertThat(user.run(new Ccw(0x03, 0, 0, 0)).scsw().status()).as("IDLE").isEqualTo(NORMAL_END);
  }

  private ByteArrayOutputStream connect() {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    Console console = host.panel().device(0x0009).console();
    assertThat(console).isNotNull();
    console.connect(screen::writeBytes);
    return screen;
  }

  private static void put(CcwUser user, int iova, int format, Ccw... ccws) {
    for (int i = 0; i < ccws.length; i++) {
      long word = format == 0 ? ccws[i].toFormat0() : ccws[i].toFormat1();
      BigEndian.doubleword(user.memory, iova - IOVA + 8L * i, word);
    }
  }

  private static Orb withoutFormat(Orb orb, int format) {
    return new Orb(orb.intparm(), orb.word1() & ~Orb.FORMAT_1 | format, orb.cpa());
  }

  private static byte[] bytes(CcwUser user, int iova, int count) {
    return user.memory.asSlice(iova - IOVA, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private static int pins(CcwUser user) {
    return user.container.iommu().pinnedPages();
  }
}
