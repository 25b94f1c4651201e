package org.mdev4j.samples.mtty;

/**
 * What a port is connected to. What comes from there goes into {@link Uart#receive}.
 *
 * <p>Called under the card's monitor; no method waits.
 */
interface Line {
  /** Plugs it into a port, once and before anything else. */
  void connect(Uart port);

  /** A byte goes out. */
  void send(int value);

  /** The line is held low for longer than a character. */
  default void sendBreak() {}

  /** DTR and RTS as the port drives them, bits of {@code MCR}. */
  default void outputsChanged(int modemControl) {}

  /** The port has read all that it had received. */
  default void receiverEmptied() {}

  /** From now on bytes may come to the port. A second start does nothing. */
  default void start() {}

  /** No bytes come to the port until the next {@link #start}; they wait. */
  default void stop() {}

  /** Drops what waits: it was for somebody else. */
  default void discard() {}
}
