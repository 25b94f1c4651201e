package org.mdev4j.sim.css.channel;

import java.util.function.IntConsumer;

/**
 * A device behind a subchannel.
 *
 * <p>{@link #disabled}, {@link #begin}, {@link #execute}, {@link #cancel} and {@link #close} are
 * called by one thread at a time, the subchannel's channel queue. Anything else that a device does,
 * such as taking input from a user, it does in its own time.
 */
public interface CcwDevice extends AutoCloseable {
  /** The answer to SENSE ID, at least 7 bytes. */
  byte[] identity();

  /**
   * Attaches the device, once, before anything else.
   *
   * @param unsolicited takes device status that belongs to no command; may be called by any thread
   */
  void attach(IntConsumer unsolicited);

  /** The subchannel was disabled: whoever enables it next starts anew. */
  default void disabled() {}

  /** A channel program begins. */
  default void begin() {}

  /**
   * Executes one command, and moves its data through {@code data}. Exceptions that {@code data}
   * throws must pass through.
   */
  Outcome execute(int command, Transfer data);

  /** The command in progress, if any, is not to go on: drops what it waits for. */
  void cancel();

  /** Takes the sense data of the last unit check: 32 bytes, zero if there are none. */
  byte[] takeSense();

  /** The device was unplugged, or the host closes. */
  @Override
  void close();
}
