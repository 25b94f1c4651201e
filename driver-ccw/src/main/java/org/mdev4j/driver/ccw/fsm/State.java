package org.mdev4j.driver.ccw.fsm;

import static org.mdev4j.driver.ccw.fsm.Action.ASYNC_ERROR;
import static org.mdev4j.driver.ccw.fsm.Action.ASYNC_REQUEST;
import static org.mdev4j.driver.ccw.fsm.Action.ASYNC_RETRY;
import static org.mdev4j.driver.ccw.fsm.Action.BREAK;
import static org.mdev4j.driver.ccw.fsm.Action.DISABLED_INTERRUPT;
import static org.mdev4j.driver.ccw.fsm.Action.INTERRUPT;
import static org.mdev4j.driver.ccw.fsm.Action.IO_BUSY;
import static org.mdev4j.driver.ccw.fsm.Action.IO_ERROR;
import static org.mdev4j.driver.ccw.fsm.Action.IO_REQUEST;
import static org.mdev4j.driver.ccw.fsm.Action.IO_RETRY;
import static org.mdev4j.driver.ccw.fsm.Action.NOP;

/**
 * The states of a device, each with its row of the transition table ({@code spec/ccw.md} 2.2):
 * which action every event calls for.
 *
 * <pre>
 *                 OPEN             IO_REQ                     SSCH cc 0
 *    ,--------. ------> ,------. ---------> ,---------------. ---------> ,------------.
 *    | CLOSED |         | IDLE |            | CP_PROCESSING |            | CP_PENDING |
 *    `--------' &lt;------ `------' &lt;--------- `---------------'            `------------'
 *      |  ^      CLOSE   |  ^  ^   any error        |                      |    |
 *      |  |              |  |  `--------------------+-- final interrupt ---'    |
 *      |  `--------------+--+------- CLOSE ---------+---------------------------+
 *      |                 |                          |                           |
 *      `-----------------+---------- BROKEN --------+---------------------------'
 *                                      |
 *                                      v
 *                                  ,--------.
 *                                  | BROKEN |  for good
 *                                  `--------'
 * </pre>
 *
 * A new device is CLOSED. Its subchannel is enabled between OPEN and CLOSE only. A halt or clear
 * function does not change the state; its interrupt may be the final one.
 */
public enum State {
  // Actions on BROKEN, IO_REQ, ASYNC_REQ, INTERRUPT, OPEN, CLOSE:
  BROKEN(NOP, IO_ERROR, ASYNC_ERROR, DISABLED_INTERRUPT, NOP, NOP),
  CLOSED(BREAK, IO_ERROR, ASYNC_ERROR, DISABLED_INTERRUPT, Action.OPEN, NOP),
  IDLE(BREAK, IO_REQUEST, ASYNC_REQUEST, INTERRUPT, BREAK, Action.CLOSE),
  CP_PROCESSING(BREAK, IO_RETRY, ASYNC_RETRY, INTERRUPT, BREAK, Action.CLOSE),
  CP_PENDING(BREAK, IO_BUSY, ASYNC_REQUEST, INTERRUPT, BREAK, Action.CLOSE);

  private final Action broken;
  private final Action ioRequest;
  private final Action asyncRequest;
  private final Action interrupt;
  private final Action open;
  private final Action close;

  State(
      Action broken,
      Action ioRequest,
      Action asyncRequest,
      Action interrupt,
      Action open,
      Action close) {
    this.broken = broken;
    this.ioRequest = ioRequest;
    this.asyncRequest = asyncRequest;
    this.interrupt = interrupt;
    this.open = open;
    this.close = close;
  }

  /** What {@code event} calls for in this state. */
  public Action on(Event event) {
    return switch (event) {
      case BROKEN -> broken;
      case IO_REQ -> ioRequest;
      case ASYNC_REQ -> asyncRequest;
      case INTERRUPT -> interrupt;
      case OPEN -> open;
      case CLOSE -> close;
    };
  }
}
