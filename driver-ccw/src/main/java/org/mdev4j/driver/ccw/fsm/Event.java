package org.mdev4j.driver.ccw.fsm;

/** What happens to a device. */
public enum Event {
  /** The subchannel is gone, or can't be brought to rest. */
  BROKEN,
  /** The user asks for a start function. */
  IO_REQ,
  /** The user asks for a halt or clear function. */
  ASYNC_REQ,
  /** The subchannel has presented status. */
  INTERRUPT,
  /** The first user comes, or a reset ends. */
  OPEN,
  /** The last user goes, or a reset begins. */
  CLOSE
}
