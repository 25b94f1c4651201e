package org.mdev4j.replay;

/** A file that can't be replayed at all; the message says which, where and why. */
public final class ReplayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReplayException(String message, Throwable cause) {
    super(message, cause);
  }
}
