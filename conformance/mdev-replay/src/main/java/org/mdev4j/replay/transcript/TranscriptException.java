package org.mdev4j.replay.transcript;

/** A transcript that can't be read or understood; the message names what is wrong and where. */
public final class TranscriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TranscriptException(String message) {
    super(message);
  }

  public TranscriptException(String message, Throwable cause) {
    super(message, cause);
  }
}
