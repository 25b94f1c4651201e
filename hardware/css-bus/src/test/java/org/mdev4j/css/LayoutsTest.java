package org.mdev4j.css;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The byte examples of the specification, and round trips of layouts that have none. */
class LayoutsTest {
  private static MemorySegment hex(String text) {
    return MemorySegment.ofArray(HexFormat.of().parseHex(text.replace(" ", "")));
  }

  private static <T> void roundTrip(
      String text,
      Function<MemorySegment, T> reader,
      BiConsumer<T, MemorySegment> writer,
      T expected) {
    T read = reader.apply(hex(text));
    assertThat(read).isEqualTo(expected);
    byte[] written = new byte[text.replace(" ", "").length() / 2];
    writer.accept(read, MemorySegment.ofArray(written));
    assertThat(HexFormat.of().withUpperCase().formatHex(written)).isEqualTo(text.replace(" ", ""));
  }

  @Test
  void orb() {
    Orb orb = new Orb(0, Orb.FORMAT_1 | Orb.PREFETCH | Orb.FORMAT_2_IDAW | 0x8000, 0x1000);
    roundTrip("00000000 00C28000 00001000", Orb::readFrom, Orb::writeTo, orb);
    assertThat(orb.lpm()).isEqualTo(0x80);
    assertThat(orb.withLpm(0x41).lpm()).isEqualTo(0x41);
    assertThat(orb.withLpm(0x41).has(Orb.FORMAT_1)).isTrue();
    assertThat(orb.isValid()).isTrue();
  }

  @Test
  void orbWithReservedBitsIsInvalid() {
    for (int bit : new int[] {0x40, 0x20, 0x10, 0x08, 0x04, 0x02, Orb.TRANSPORT}) {
      assertThat(new Orb(0, bit, 0).isValid()).as("%x", bit).isFalse();
    }
    for (int bit : new int[] {0x01, 0x80, Orb.IDAW_2K, Orb.KEY, 0x0700_0000}) {
      assertThat(new Orb(0, bit, 0).isValid()).as("%x", bit).isTrue();
    }
    assertThat(new Orb(0, 0, 0x8000_0000).isValid()).isFalse();
  }

  @Test
  void ccwOfBothFormats() {
    Ccw senseId = new Ccw(0xE4, Ccw.SUPPRESS_LENGTH, 40, 0x2000);
    assertThat(senseId.toFormat1()).isEqualTo(0xE4200028_00002000L);
    assertThat(senseId.toFormat0()).isEqualTo(0xE4002000_20000028L);
    assertThat(Ccw.format1(0xE4200028_00002000L)).isEqualTo(senseId);
    assertThat(Ccw.format0(0xE4002000_20000028L)).isEqualTo(senseId);
  }

  @Test
  void scsw() {
    Scsw end =
        new Scsw(
            Scsw.FORMAT_1 | 0x0040_0000 | Scsw.START | Scsw.PRIMARY | Scsw.SECONDARY | Scsw.PENDING,
            0x1008,
            Scsw.word2(0x0C, 0, 0));
    roundTrip(
        "00C04007 00001008 0C000000",
        from -> Scsw.readFrom(from, 0),
        (scsw, to) -> scsw.writeTo(to, 0),
        end);
    Scsw other = new Scsw(0x03804411, 0, 0x0240_1234);
    assertThat(other.deferredCc()).isEqualTo(3);
    assertThat(other.status()).isEqualTo(0x11);
    assertThat(other.deviceStatus()).isEqualTo(2);
    assertThat(other.subchannelStatus()).isEqualTo(0x40);
    assertThat(other.residualCount()).isEqualTo(0x1234);
    assertThat(other.withCpa(8).cpa()).isEqualTo(8);
  }

  @Test
  void irb() {
    byte[] sense = new byte[32];
    sense[0] = (byte) 0x80;
    Irb irb = Irb.of(new Scsw(1, 2, 3), 0x80, sense);
    assertThat(irb.erw()).isEqualTo(0x0120_0000);
    assertThat(irb.lpum()).isEqualTo(0x80);
    assertThat(irb.sense()).isEqualTo(sense);
    assertThat(irb.scsw()).isEqualTo(new Scsw(1, 2, 3));
    byte[] bytes = irb.bytes();
    assertThat(HexFormat.of().formatHex(bytes, 0, 36))
        .isEqualTo(
            "000000010000000200000003" + "0080000001200000000000000000000000000000" + "80000000");
    assertThat(Irb.readFrom(MemorySegment.ofArray(bytes))).isEqualTo(irb).hasSameHashCodeAs(irb);
    assertThat(irb.withoutAddressesBut(9).scsw()).isEqualTo(new Scsw(1, 9, 3));
    byte[] copy = new byte[Irb.SIZE];
    irb.writeTo(MemorySegment.ofArray(copy));
    assertThat(copy).isEqualTo(bytes);
    assertThat(Irb.of(Scsw.NONE, 0, new byte[0]).sense()).isEmpty();
  }

  /** A recorded SCHIB of a virtual device. */
  @Test
  void schibAndPmcw() {
    Pmcw pmcw = new Pmcw(0x0129C400, 0x1881, 0x1002, 0x80, 0, 0, 0x80, 0, 0xFF, 0x80, 0L, 1);
    Schib schib = new Schib(pmcw, new Scsw(0x00800000, 0x012DF0F8, 0x0C000000), 0, 0);
    roundTrip(
        "0129C40018811002800000800000FF8000000000000000000000000100800000012DF0F80C000000"
            + "000000000000000000000000",
        Schib::readFrom,
        Schib::writeTo,
        schib);
    assertThat(schib.bytes()).hasSize(Schib.SIZE);
    assertThat(pmcw.isc()).isEqualTo(3);
    assertThat(pmcw.has(Pmcw.ENABLED)).isTrue();
    assertThat(pmcw.type()).isZero();
    assertThat(pmcw.withEnabled(false, 3, 7)).extracting(Pmcw::flags).isEqualTo(0x1801);
    assertThat(schib.withPmcw(pmcw.withConcurrentSense(false)).pmcw().word6()).isZero();
  }

  @Test
  void pathMaskOfAChpid() {
    Pmcw pmcw =
        new Pmcw(0, 0, 0, 0, 0, 0, 0xC0, 0, 0xFF, 0xC0, 0x4041_4200_0000_0000L, 0x0060_0000);
    assertThat(pmcw.chpid(1)).isEqualTo(0x41);
    assertThat(pmcw.pathMask(0x40)).isEqualTo(0x80);
    assertThat(pmcw.pathMask(0x41)).isEqualTo(0x40);
    assertThat(pmcw.pathMask(0x42)).as("not installed").isZero();
    assertThat(pmcw.type()).isEqualTo(3);
  }

  @Test
  void modifyChangesWhatItMay() {
    Pmcw before = new Pmcw(1, 0x8001, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x0060_0000);
    Pmcw wanted = new Pmcw(11, 0xFFFF, 12, 13, 14, 15, 16, 17, 18, 19, 20, -1);
    assertThat(before.modified(wanted))
        .isEqualTo(new Pmcw(11, 0xB8FD, 2, 13, 4, 5, 6, 17, 18, 9, 10, 0x0060_0007));
  }

  @Test
  void crw() {
    Crw crw = Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x12);
    assertThat(crw.word()).isEqualTo(0x0402_0012);
    assertThat(Crw.of(4, 6, 0).word()).isEqualTo(0x0406_0000);
    Crw chained = new Crw(crw.word() | Crw.CHAINED);
    assertThat(chained.has(Crw.CHAINED)).isTrue();
    assertThat(chained.has(Crw.OVERFLOW)).isFalse();
    assertThat(chained.rsc()).isEqualTo(4);
    assertThat(chained.erc()).isEqualTo(2);
    assertThat(chained.rsid()).isEqualTo(0x12);
  }

  @Test
  void subchannelId() {
    assertThat(new SubchannelId(0, 0x1A).busId()).isEqualTo("0.0.001a");
    assertThat(new SubchannelId(2, 0x1A).word()).isEqualTo(0x0005_001A);
    assertThat(new SubchannelId(0, 2)).isLessThan(new SubchannelId(1, 1));
  }
}
