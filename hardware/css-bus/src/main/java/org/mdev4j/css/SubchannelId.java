package org.mdev4j.css;

import java.util.Locale;

/**
 * Names a subchannel in channel subsystem 0.
 *
 * @param ssid subchannel set, 0 to 3
 * @param number number in the set, 0 to 0xFFFF
 */
public record SubchannelId(int ssid, int number) implements Comparable<SubchannelId> {
  public SubchannelId {
    if (ssid < 0 || ssid > 3 || number < 0 || number > 0xFFFF) {
      throw new IllegalArgumentException("no subchannel id: " + ssid + ", " + number);
    }
  }

  /**
   * The subsystem-identification word: cssid 0xFF00_0000, m 0x0008_0000, ssid 0x0006_0000, one
   * 0x0001_0000, number 0x0000_FFFF.
   */
  public int word() {
    return ssid << 17 | 0x0001_0000 | number;
  }

  /** The name on the bus, for example {@code 0.0.0001}. */
  public String busId() {
    return String.format(Locale.ROOT, "0.%x.%04x", ssid, number);
  }

  @Override
  public int compareTo(SubchannelId other) {
    return Integer.compare(word(), other.word());
  }

  @Override
  public String toString() {
    return busId();
  }
}
