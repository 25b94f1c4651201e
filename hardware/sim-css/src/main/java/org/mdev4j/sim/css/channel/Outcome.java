package org.mdev4j.sim.css.channel;

/** How far a device got with a command. */
public sealed interface Outcome {
  /** Channel end and device end. */
  Outcome DONE = new Ended(Outcome.CHANNEL_END | Outcome.DEVICE_END);

  /** It goes on later, through {@link Transfer#resume}. */
  Outcome WAITING = new Waiting();

  int ATTENTION = 0x80;
  int STATUS_MODIFIER = 0x40;
  int BUSY = 0x10;
  int CHANNEL_END = 0x08;
  int DEVICE_END = 0x04;
  int UNIT_CHECK = 0x02;
  int UNIT_EXCEPTION = 0x01;

  /**
   * The device presented status. Without channel end the command was refused. With channel end but
   * without device end the device goes on and presents device end through {@link Transfer#resume}.
   *
   * @param status device status, byte 8 of the SCSW
   */
  record Ended(int status) implements Outcome {}

  /** See {@link #WAITING}. */
  record Waiting() implements Outcome {}
}
