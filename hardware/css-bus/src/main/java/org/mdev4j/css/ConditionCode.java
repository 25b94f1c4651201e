package org.mdev4j.css;

/**
 * How an I/O instruction ended. What a code means depends on the instruction ({@link Subchannel}).
 */
public enum ConditionCode {
  /** Done, or begun. */
  CC0,
  /** Status is pending; for TEST SUBCHANNEL: none was. */
  CC1,
  /** Busy, or not applicable. */
  CC2,
  /** Not operational. */
  CC3
}
