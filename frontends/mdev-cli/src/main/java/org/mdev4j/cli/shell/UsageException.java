package org.mdev4j.cli.shell;

/** A command that was called the wrong way; the message says what is wrong, not what is right. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
