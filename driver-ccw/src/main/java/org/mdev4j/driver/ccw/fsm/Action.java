package org.mdev4j.driver.ccw.fsm;

/** What an event calls for ({@code spec/ccw.md} 2.3). */
public enum Action {
  /** Nothing. */
  NOP,
  /** The device breaks: its subchannel is to be unregistered, its channel program to be freed. */
  BREAK,
  /** The subchannel is enabled. */
  OPEN,
  /** The subchannel is brought to rest and disabled. */
  CLOSE,
  /** A channel program is translated and started. */
  IO_REQUEST,
  /** A start function is refused: {@code EIO}. */
  IO_ERROR,
  /** A start function is refused while another is performed: {@code EBUSY}. */
  IO_BUSY,
  /** A start function is refused while another is being prepared: {@code EAGAIN}. */
  IO_RETRY,
  /** A halt or clear function is issued. */
  ASYNC_REQUEST,
  /** A halt or clear function is refused: {@code EIO}. */
  ASYNC_ERROR,
  /** A halt or clear function is refused while a start is being prepared: {@code EAGAIN}. */
  ASYNC_RETRY,
  /** The status is handed to the user. */
  INTERRUPT,
  /** Nobody wants the status: the subchannel is disabled once more. */
  DISABLED_INTERRUPT
}
