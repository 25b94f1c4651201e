package org.mdev4j.sim.css;

import java.util.function.Consumer;

/**
 * The user's end of a console or terminal device. Thread-safe.
 *
 * <p>Bytes go through as the guest wrote them, mostly EBCDIC.
 */
public interface Console {
  /** Connects a user, who sees what is written from now on. A terminal tells the guest. */
  void connect(Consumer<byte[]> screen);

  /** The user enters a line, or, at a terminal, presses a key: the bytes that the guest reads. */
  void input(byte[] data);

  /** The user leaves. */
  void disconnect();
}
