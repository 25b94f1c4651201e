package org.mdev4j.ap;

import java.util.Arrays;

/** How an AP instruction ended ({@code spec/ap.md} 12.3). */
public enum ResponseCode {
  NORMAL(0x00),
  NOT_AVAILABLE(0x01),
  RESET_IN_PROGRESS(0x02),
  DECONFIGURED(0x03),
  CHECKSTOPPED(0x04),
  BUSY(0x05),
  INVALID_ADDRESS(0x06),
  OTHERWISE_CHANGED(0x07),
  INVALID_GISA(0x08),
  /** NQAP: the queue is full. DQAP: no reply is ready. */
  FULL_OR_NO_REPLY(0x10),
  INDEX_TOO_BIG(0x11),
  NO_FIRST_PART(0x13),
  MESSAGE_TOO_BIG(0x15),
  FACILITY_MISSING(0x16),
  INVALID_DOMAIN(0x42),
  /** Not the hardware's, but the DQAP routine's: there is more of this reply. */
  MORE(0xFF);

  private final int code;

  ResponseCode(int code) {
    this.code = code;
  }

  /** The code, 0 to 255. */
  public int code() {
    return code;
  }

  /**
   * The response of that code.
   *
   * @throws IllegalArgumentException if no instruction answers it
   */
  public static ResponseCode of(int code) {
    return Arrays.stream(values())
        .filter(each -> each.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no response code: " + code));
  }
}
