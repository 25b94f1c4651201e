package org.mdev4j.sim.css.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.sim.css.device.TestDevice;
import org.mdev4j.sim.css.device.TestDevice.Answer;

/** What the interpreter does with channel programs. */
class ChannelProgramTest {
  private static final int CD = Ccw.CHAIN_DATA;
  private static final int CC = Ccw.CHAIN_COMMAND;
  private static final int SLI = Ccw.SUPPRESS_LENGTH;
  private static final int DATA = 0x4000;
  private static final byte[] TEN = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

  private final ManualClock clock = new ManualClock();
  private final TestDevice device =
      new TestDevice("FF 3990 E9 3390 0C 00 40FA0100", clock)
          .on(0x02, Answer.offering(TEN))
          .on(0x01, Answer.taking(10))
          .on(0x05, Answer.taking(-1))
          .on(0x06, Answer.offering(TEN).after(Duration.ofSeconds(1)))
          .on(0x0A, Answer.offering(TEN).after(Duration.ofSeconds(1)).channelEndFirst(true))
          .on(0x0E, Answer.offering(TEN).ending(0x0E, 0x0800))
          .on(0x12, Answer.offering(TEN).ending(0x0D, 0))
          .on(0x07, Answer.taking(0))
          .on(0x0F, Answer.taking(0).ending(0x4C, 0));
  private final Rig rig = new Rig(device, Habits.ARCHITECTURE, clock);

  @AfterEach
  void close() {
    rig.close();
  }

  private byte[] data(int offset, int length) {
    return rig.bytes()
        .asSlice(DATA + offset, length)
        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  private Ccw ccw(int command, int flags, int count) {
    return new Ccw(command, flags, count, rig.at(DATA));
  }

  private Ccw ccw(int command, int flags, int count, int offset) {
    return new Ccw(command, flags, count, rig.at(DATA + offset));
  }

  private Ccw tic(int offset) {
    return new Ccw(Ccw.TIC, 0, 0, rig.at(offset));
  }

  private void assertEnd(Scsw scsw, int status, int cpaOffset, int word2) {
    assertThat(scsw.word0()).isEqualTo(0x00C0_4000 | status);
    assertThat(scsw.cpa()).isEqualTo(rig.at(cpaOffset));
    assertThat(scsw.word2()).isEqualTo(word2);
  }

  private void assertProgramCheck(Scsw scsw, int cpaOffset) {
    assertEnd(scsw, 0x17, cpaOffset, 0x0020_0000);
  }

  @Test
  void normalEnd() {
    assertEnd(rig.run(ccw(0x02, 0, 10)), 0x07, 8, 0x0C00_0000);
    assertThat(data(0, 11)).isEqualTo(Arrays.copyOf(TEN, 11));
  }

  @Test
  void senseIdShorterThanAskedFor() {
    assertEnd(rig.run(ccw(0xE4, SLI, 40)), 0x07, 8, 0x0C00_001C);
    assertThat(HexFormat.of().formatHex(data(0, 12))).isEqualTo("ff3990e933900c0040fa0100");
    assertEnd(rig.run(ccw(0xE4, 0, 40)), 0x07, 8, 0x0C40_001C);
    assertEnd(rig.run(ccw(0xE4, 0, 4)), 0x07, 8, 0x0C40_0000);
    rig.run(ccw(0xE4, SLI, 3));
    assertThat(data(0, 3)).isEqualTo(new byte[] {0, 0x39, (byte) 0x90});
  }

  @Test
  void incorrectLengthStopsTheChainUnlessSuppressed() {
    assertEnd(rig.run(ccw(0x02, CC, 12), ccw(0x07, 0, 0)), 0x07, 8, 0x0C40_0002);
    assertEnd(rig.run(ccw(0x02, CC | SLI, 12), ccw(0x07, 0, 0)), 0x07, 16, 0x0C00_0000);
    assertEnd(rig.run(ccw(0x01, 0, 8)), 0x07, 8, 0x0C40_0000);
    assertEnd(rig.run(ccw(0x01, SLI, 8)), 0x07, 8, 0x0C00_0000);
  }

  @Test
  void immediateCommands() {
    assertEnd(rig.run(ccw(0x03, SLI, 5)), 0x07, 8, 0x0C00_0005);
    assertEnd(rig.run(ccw(0x03, 0, 5)), 0x07, 8, 0x0C40_0005);
    assertEnd(rig.run(ccw(0x03, 0, 0)), 0x07, 8, 0x0C00_0000);
    assertEnd(rig.run(rig.orb(8, 0)), 0x17, 16, 0x0020_0000);
    rig.program(0, ccw(0x03, 0, 5));
    assertEnd(rig.run(rig.orb(0, Orb.LENGTH_SUPPRESSION)), 0x07, 8, 0x0C00_0005);
  }

  @Test
  void dataChaining() {
    Scsw scsw = rig.run(ccw(0x02, CD, 4), ccw(0x00, CD, 3, 0x100), ccw(0x00, SLI, 9, 0x200));
    assertEnd(scsw, 0x07, 24, 0x0C00_0006);
    assertThat(data(0, 5)).isEqualTo(new byte[] {1, 2, 3, 4, 0});
    assertThat(data(0x100, 4)).isEqualTo(new byte[] {5, 6, 7, 0});
    assertThat(data(0x200, 4)).isEqualTo(new byte[] {8, 9, 10, 0});
  }

  @Test
  void dataChainThatIsNotUsedUpIsIncorrectLength() {
    assertEnd(rig.run(ccw(0x02, CD | SLI, 12), ccw(0, 0, 1)), 0x07, 8, 0x0C40_0002);
    assertEnd(rig.run(ccw(0x02, CD, 10), ccw(0, SLI, 5)), 0x07, 16, 0x0C00_0005);
    assertEnd(rig.run(ccw(0x03, CD | SLI, 1), ccw(0, 0, 1)), 0x07, 8, 0x0C40_0001);
  }

  @Test
  void outputIsGatheredOverADataChain() {
    MemorySegment.copy(MemorySegment.ofArray(TEN), 0, rig.bytes(), DATA, 10);
    assertEnd(rig.run(ccw(0x05, CD, 4), ccw(0, 0, 6, 4)), 0x07, 16, 0x0C00_0000);
    assertThat(device.received()).containsExactly(TEN);
  }

  @Test
  void ticsAreNoCommands() {
    rig.program(0x100, ccw(0x02, 0, 10));
    assertEnd(rig.run(ccw(0x07, CC, 0), tic(0x100)), 0x07, 0x108, 0x0C00_0000);
    assertProgramCheck(rig.run(tic(0x100)), 8);
    rig.program(0x200, tic(0x100));
    assertProgramCheck(rig.run(ccw(0x07, CC, 0), tic(0x200)), 0x208);
    assertProgramCheck(rig.run(ccw(0x07, CC, 0), new Ccw(8, SLI, 0, rig.at(0x100))), 16);
    assertProgramCheck(rig.run(ccw(0x07, CC, 0), new Ccw(0x18, 0, 0, rig.at(0x100))), 16);
    assertProgramCheck(rig.run(ccw(0x07, CC, 0), tic(0x104)), 0x10C);
    // In a data chain too.
    assertEnd(rig.run(ccw(0x02, CD, 4), tic(0x300)), 0x17, 0x308, 0x0020_0000);
  }

  @Test
  void statusModifierSkipsACcw() {
    assertEnd(rig.run(ccw(0x0F, CC, 0), ccw(0x77, 0, 0), ccw(0x02, 0, 10)), 0x07, 24, 0x0C00_0000);
  }

  @Test
  void searchLoopWithABackwardTic() {
    rig.program(0, ccw(0x07, CC, 0), ccw(0x0F, CC, 0), tic(0), ccw(0x02, 0, 10));
    assertEnd(rig.run(rig.orb(0, 0)), 0x07, 32, 0x0C00_0000);
  }

  @Test
  void programChecks() {
    assertProgramCheck(rig.run(ccw(0x00, 0, 1)), 8);
    assertProgramCheck(rig.run(ccw(0x50, 0, 1)), 8);
    assertProgramCheck(rig.run(ccw(0x02, CD, 0)), 8);
    assertProgramCheck(rig.run(ccw(0x02, CD, 2), ccw(0x02, 0, 0)), 16);
    assertProgramCheck(rig.run(ccw(0x03, Ccw.SUSPEND, 1)), 8);
    assertProgramCheck(rig.run(ccw(0x03, Ccw.MODIFIED_INDIRECT, 1)), 8);
    assertProgramCheck(rig.run(new Ccw(0x02, SLI, 1, 0x8000_0000)), 8);
    assertProgramCheck(rig.run(new Ccw(0x02, SLI, 1, 16)), 8);
    assertProgramCheck(rig.run(new Ccw(0x02, Ccw.INDIRECT, 1, rig.at(2))), 8);
    assertProgramCheck(rig.run(rig.orb(4, 0)), 12);
    Orb nowhere = new Orb(1, Orb.FORMAT_1 | 0x8000, 0x1000);
    assertThat(rig.run(nowhere))
        .extracting(Scsw::cpa, Scsw::word2)
        .containsExactly(0x1008, 0x0020_0000);
  }

  @Test
  void suspendFlagInADataChainIsAProgramCheck() {
    rig.program(0, ccw(0x02, CD, 2), ccw(0, Ccw.SUSPEND | SLI, 2));
    assertThat(rig.run(rig.orb(0, Orb.SUSPEND)).word2()).isEqualTo(0x0020_0000);
  }

  @Test
  void storingIntoReadOnlyMemoryIsAProtectionCheck() {
    try (HostBuffer readOnly =
        rig.memory().place(MemorySegment.ofArray(new byte[16]).asReadOnly(), 8, 1L << 31)) {
      Scsw scsw = rig.run(new Ccw(0x02, 0, 10, (int) readOnly.address()));
      assertEnd(scsw, 0x17, 8, 0x0010_0000);
      assertEnd(rig.run(new Ccw(0x01, 0, 10, (int) readOnly.address())), 0x07, 8, 0x0C00_0000);
    }
  }

  @Test
  void skipDiscardsInputOnly() {
    assertEnd(rig.run(ccw(0x02, Ccw.SKIP, 10)), 0x07, 8, 0x0C00_0000);
    assertThat(data(0, 10)).containsOnly(0);
    assertEnd(rig.run(new Ccw(0x02, Ccw.SKIP, 10, 16)), 0x07, 8, 0x0C00_0000);
    assertProgramCheck(rig.run(new Ccw(0x01, Ccw.SKIP, 10, 16)), 8);
  }

  @Test
  void indirectDataInBlocksOf4K() {
    BigEndian.doubleword(rig.bytes(), 0x800, rig.at(0x5FFE));
    BigEndian.doubleword(rig.bytes(), 0x808, rig.at(0x8000));
    rig.program(0, new Ccw(0x02, Ccw.INDIRECT, 10, rig.at(0x800)));
    assertEnd(await(Orb.FORMAT_2_IDAW), 0x07, 8, 0x0C00_0000);
    assertThat(data(0x1FFE, 2)).isEqualTo(new byte[] {1, 2});
    assertThat(data(0x4000, 9)).isEqualTo(new byte[] {3, 4, 5, 6, 7, 8, 9, 10, 0});
    BigEndian.doubleword(rig.bytes(), 0x808, rig.at(0x8004));
    assertProgramCheck(await(Orb.FORMAT_2_IDAW), 8);
  }

  @Test
  void indirectDataInBlocksOf2K() {
    BigEndian.word(rig.bytes(), 0x800, rig.at(0x57FE));
    BigEndian.word(rig.bytes(), 0x804, rig.at(0x8800));
    rig.program(0, new Ccw(0x02, Ccw.INDIRECT, 10, rig.at(0x800)));
    assertEnd(await(0), 0x07, 8, 0x0C00_0000);
    assertThat(data(0x4800, 8)).isEqualTo(new byte[] {3, 4, 5, 6, 7, 8, 9, 10});
    BigEndian.doubleword(rig.bytes(), 0x800, rig.at(0x57FE));
    BigEndian.doubleword(rig.bytes(), 0x808, rig.at(0x9000));
    assertEnd(await(Orb.FORMAT_2_IDAW | Orb.IDAW_2K), 0x07, 8, 0x0C00_0000);
    assertThat(data(0x5000, 8)).isEqualTo(new byte[] {3, 4, 5, 6, 7, 8, 9, 10});
    BigEndian.word(rig.bytes(), 0x804, 0x8000_0000);
    assertProgramCheck(await(0), 8);
  }

  private Scsw await(int flags) {
    return rig.run(rig.orb(0, flags));
  }

  @Test
  void formatZero() {
    BigEndian.doubleword(rig.bytes(), 0, ccw(0x02, CC, 10).toFormat0());
    BigEndian.doubleword(rig.bytes(), 8, new Ccw(0xF8, 0x60, 9, rig.at(0x100)).toFormat0());
    BigEndian.doubleword(rig.bytes(), 0x100, ccw(0x03, 0, 7).toFormat0());
    Orb orb = new Orb(1, 0x8000, rig.at(0));
    assertThat(rig.run(orb)).isEqualTo(new Scsw(0x4007, rig.at(0x108), 0x0C00_0007));
    BigEndian.doubleword(rig.bytes(), 0x100, ccw(0x03, SLI, 0).toFormat0());
    assertThat(rig.run(orb)).isEqualTo(new Scsw(0x4017, rig.at(0x108), 0x0020_0000));
  }

  @Test
  void unitCheckAtOnceAndAfterData() {
    assertEnd(rig.run(ccw(0x77, SLI, 8)), 0x17, 8, 0x0200_0008);
    assertEnd(rig.run(ccw(0x04, 0, 32)), 0x07, 8, 0x0C00_0000);
    assertThat(data(0, 32)[0]).isEqualTo((byte) 0x80);
    rig.run(ccw(0x04, 0, 32));
    assertThat(data(0, 32)).as("taken once").containsOnly(0);
    assertEnd(rig.run(ccw(0x0E, CC | SLI, 12), ccw(0x07, 0, 0)), 0x17, 8, 0x0E00_0002);
    assertEnd(rig.run(ccw(0x0E, 0, 12)), 0x17, 8, 0x0E40_0002);
    assertEnd(rig.run(ccw(0x12, 0, 10)), 0x17, 8, 0x0D00_0000);
  }

  @Test
  void concurrentSenseComesWithTheUnitCheck() {
    rig.concurrentSense();
    rig.program(0, ccw(0x77, SLI, 8));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    Irb irb = rig.await();
    assertThat(irb.scsw().word0()).isEqualTo(0x04C2_4017);
    assertThat(irb.erw()).isEqualTo(0x0120_0000);
    assertThat(irb.sense()).hasSize(32).startsWith(0x80);
    rig.run(ccw(0x04, 0, 32));
    assertThat(data(0, 32)).containsOnly(0);
    assertThat(rig.schib().scsw()).isEqualTo(Scsw.NONE);
  }

  @Test
  void programControlledInterruption() {
    rig.program(0, ccw(0x07, CC, 0), ccw(0x06, Ccw.PCI, 10));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    Scsw first = rig.await().scsw();
    assertThat(first.word0()).isEqualTo(0x00C0_40C9);
    assertThat(first.cpa()).isEqualTo(rig.at(16));
    assertThat(first.subchannelStatus()).isEqualTo(Scsw.PCI);
    rig.flush();
    clock.advance(Duration.ofSeconds(1));
    assertEnd(rig.await().scsw(), 0x07, 16, 0x0C00_0000);
  }

  @Test
  void programControlledInterruptionThatNobodyTookIsMerged() {
    rig.program(0, ccw(0x02, Ccw.PCI, 10));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.flush();
    assertEnd(rig.await().scsw(), 0x0F, 8, 0x0C80_0000);
  }

  @Test
  void deviceThatTakesTime() {
    rig.program(0, ccw(0x06, CC, 10), ccw(0x07, 0, 0));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.flush();
    assertThat(clock.timers()).isEqualTo(1);
    assertThat(rig.scsw().has(Scsw.SUBCHANNEL_ACTIVE)).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertEnd(rig.await().scsw(), 0x07, 16, 0x0C00_0000);
  }

  @Test
  void channelEndThenDeviceEnd() {
    rig.program(0, ccw(0x0A, SLI, 12));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    Scsw first = rig.await().scsw();
    assertEnd(first, 0x45, 8, 0x0800_0002);
    clock.advance(Duration.ofSeconds(1));
    Scsw second = rig.await().scsw();
    assertThat(second.status()).isEqualTo(0x03);
    assertThat(second.word2()).isEqualTo(0x0400_0000);
    assertThat(rig.scsw().word0()).isZero();
  }

  @Test
  void deviceEndJoinsAChannelEndThatWasNotTaken() {
    rig.program(0, ccw(0x0A, 0, 10));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.flush();
    clock.advance(Duration.ofSeconds(1));
    rig.flush();
    assertEnd(rig.await().scsw(), 0x07, 8, 0x0C00_0000);
  }

  @Test
  void deviceEndIsForgottenWhenTheSubchannelIsDisabled() {
    rig.program(0, ccw(0x0A, 0, 10));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.await();
    rig.modify(rig.schib().pmcw().withEnabled(false, 3, Rig.INTPARM));
    assertThat(rig.scsw().word0()).isZero();
    rig.modify(rig.schib().pmcw().withEnabled(true, 3, Rig.INTPARM));
    clock.advance(Duration.ofSeconds(1));
    rig.flush();
    assertThat(rig.scsw().word0()).isZero();
    assertEnd(rig.run(ccw(0x02, 0, 10)), 0x07, 8, 0x0C00_0000);
  }

  @Test
  void chainingWaitsForDeviceEnd() {
    rig.program(0, ccw(0x0A, CC, 10), ccw(0x07, 0, 0));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.flush();
    clock.advance(Duration.ofSeconds(1));
    assertEnd(rig.await().scsw(), 0x07, 16, 0x0C00_0000);
  }

  @Test
  void startWhileTheDeviceIsBusyIsDeferred() {
    rig.program(0, ccw(0x0A, 0, 10));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.await();
    Scsw busy = rig.run(rig.orb(0, 0));
    assertThat(busy.deferredCc()).isEqualTo(1);
    assertThat(busy.status()).isEqualTo(0x11);
    assertThat(busy.deviceStatus()).isEqualTo(Outcome.BUSY);
    assertThat(busy.cpa()).isEqualTo(rig.at(0));
    clock.advance(Duration.ofSeconds(1));
    assertThat(rig.await().scsw().deviceStatus()).isEqualTo(Outcome.DEVICE_END);
  }

  @Test
  void noPath() {
    Scsw scsw = rig.run(rig.orb(0, 0).withLpm(0x40));
    assertThat(scsw.word0()).isEqualTo(0x03C0_4411);
    assertThat(scsw.word2()).isZero();
    rig.subchannel().setPath(0x80, false);
    assertThat(rig.run(rig.orb(0, 0)).deferredCc()).isEqualTo(3);
    rig.subchannel().setPath(0x80, true);
    assertEnd(rig.run(ccw(0x02, 0, 10)), 0x07, 8, 0x0C00_0000);
    assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);
  }

  @Test
  void suspendAndResume() {
    rig.program(0, ccw(0x07, CC, 0), ccw(0x02, Ccw.SUSPEND, 10));
    assertThat(rig.start(0, Orb.SUSPEND)).isEqualTo(ConditionCode.CC0);
    Scsw suspended = rig.await().scsw();
    assertThat(suspended.word0()).isEqualTo(0x08C0_4029);
    assertThat(suspended.cpa()).isEqualTo(rig.at(16));
    rig.program(8, ccw(0x02, 0, 10));
    assertThat(rig.subchannel().rsch()).isEqualTo(ConditionCode.CC0);
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x08C0_4007, rig.at(16), 0x0C00_0000));
  }

  @Test
  void suspendedInterruptCanBeSuppressed() {
    rig.program(0, ccw(0x02, Ccw.SUSPEND, 10));
    assertThat(rig.start(0, Orb.SUSPEND | Orb.SUPPRESS_SUSPENDED)).isEqualTo(ConditionCode.CC0);
    assertThat(rig.unawaited()).isZero();
    assertThat(rig.scsw().has(Scsw.SUSPENDED)).isTrue();
    assertThat(rig.subchannel().xsch()).isEqualTo(ConditionCode.CC0);
    assertThat(rig.scsw().has(Scsw.FUNCTIONS | Scsw.ACTIVITIES)).isFalse();
  }

  @Test
  void endlessLoopsCanBeStopped() {
    rig.program(0, ccw(0x07, CC, 0), tic(0));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    assertThat(rig.subchannel().hsch()).isEqualTo(ConditionCode.CC0);
    assertThat(rig.await().scsw().has(Scsw.HALT)).isTrue();
    rig.program(0, ccw(0x05, CD, 100), tic(0));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
    assertThat(rig.await().scsw().has(Scsw.CLEAR)).isTrue();
  }

  @Test
  void unsolicitedStatus() {
    rig.subchannel().unsolicited(Outcome.ATTENTION);
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x11, 0, 0x8000_0000));
    // While a program runs it waits.
    rig.program(0, ccw(0x06, 0, 10));
    assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
    rig.flush();
    rig.subchannel().unsolicited(Outcome.ATTENTION);
    clock.advance(Duration.ofSeconds(1));
    assertEnd(rig.await().scsw(), 0x07, 8, 0x0C00_0000);
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x11, 0, 0x8000_0000));
    // A disabled subchannel loses it.
    rig.modify(rig.schib().pmcw().withEnabled(false, 3, 0));
    rig.subchannel().unsolicited(Outcome.ATTENTION);
    rig.modify(rig.schib().pmcw().withEnabled(true, 3, 1));
    assertThat(rig.unawaited()).isZero();
  }

  @Test
  void unsolicitedStatusOfASuspendedProgram() {
    rig.program(0, ccw(0x02, Ccw.SUSPEND, 10));
    assertThat(rig.start(0, Orb.SUSPEND)).isEqualTo(ConditionCode.CC0);
    rig.await();
    rig.subchannel().unsolicited(Outcome.ATTENTION);
    Scsw scsw = rig.await().scsw();
    assertThat(scsw.status()).isEqualTo(0x11);
    assertThat(scsw.has(Scsw.SUSPENDED)).isTrue();
    assertThat(scsw.deviceStatus()).isEqualTo(Outcome.ATTENTION);
  }
}
