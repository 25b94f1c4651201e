package org.mdev4j.cli.verbs;

/** Something could not be done; the message is one line that says what and why. */
public final class VerbException extends Exception {
  private static final long serialVersionUID = 1L;

  public VerbException(String message) {
    super(message);
  }

  public VerbException(String message, Throwable cause) {
    super(message, cause);
  }
}
