package org.mdev4j.cli.shell;

/** A line that the shell does not understand; the message says what is wrong with it. */
public final class SyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  SyntaxException(String message) {
    super(message);
  }
}
