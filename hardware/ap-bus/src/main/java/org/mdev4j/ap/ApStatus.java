package org.mdev4j.ap;

import java.util.Locale;

/**
 * The status word that AP instructions leave in general register 1 ({@code spec/ap.md} 12.2).
 *
 * @param word its 32 bits
 */
public record ApStatus(int word) {
  /** The queue holds neither requests nor replies. */
  public static final int EMPTY = 0x80000000;

  /** Replies wait. */
  public static final int REPLIES = 0x40000000;

  /** The queue takes no more. */
  public static final int FULL = 0x20000000;

  /** Interrupts are enabled. */
  public static final int INTERRUPTS = 0x01000000;

  private static final int CODE_SHIFT = 16;

  /** A status of that response and those flags. */
  public static ApStatus of(ResponseCode response, int flags) {
    return new ApStatus(flags | response.code() << CODE_SHIFT);
  }

  /** A status of that response without flags: of a queue that is not there. */
  public static ApStatus of(ResponseCode response) {
    return of(response, 0);
  }

  public ResponseCode response() {
    return ResponseCode.of(word >>> CODE_SHIFT & 0xFF);
  }

  /** Whether the response is 00. */
  public boolean isNormal() {
    return response() == ResponseCode.NORMAL;
  }

  /**
   * Whether a flag is set: {@link #EMPTY}, {@link #REPLIES}, {@link #FULL}, {@link #INTERRUPTS}.
   */
  public boolean has(int flag) {
    return (word & flag) != 0;
  }

  /** Code and name of the response. */
  @Override
  public String toString() {
    ResponseCode response = response();
    return String.format(
        Locale.ROOT,
        "%02x (%s)",
        response.code(),
        response.name().toLowerCase(Locale.ROOT).replace('_', ' '));
  }
}
