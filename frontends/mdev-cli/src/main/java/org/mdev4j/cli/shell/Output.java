package org.mdev4j.cli.shell;

import java.io.IOException;
import java.io.PrintWriter;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Where one command prints. As long as the shell waits for the command, that is the shell's own
 * output; after {@link #hold} it is kept until somebody asks for it.
 *
 * <p>Thread-safe: the monitor guards everything.
 */
public final class Output {
  private final Screen screen;
  private final String name;
  private final StringBuilder held = new StringBuilder();
  private final StringBuilder captured = new StringBuilder();
  private boolean holds;
  private boolean captures;
  private boolean failed;

  /**
   * @param name the command's name, which stands before its complaints
   */
  Output(Screen screen, String name) {
    this.screen = screen;
    this.name = name;
  }

  /** Columns of the terminal; 0 if a program reads along, so that one thing goes on one line. */
  public synchronized int width() {
    return captures ? 0 : screen.width();
  }

  /** Prints a line. */
  public void line(String line) {
    text(line + "\n");
  }

  /** Prints text as it is. */
  public synchronized void text(String text) {
    if (captures) {
      captured.append(text);
    } else {
      print(screen.out(), text);
    }
  }

  /** Says something that only a person wants to know; programs don't see it. */
  public synchronized void note(String note) {
    if (width() > 0) {
      print(screen.out(), note + "\n");
    }
  }

  /** Complains: the command has failed, whatever else it does. */
  public synchronized void problem(String problem) {
    failed = true;
    print(screen.err(), name + ": " + problem + "\n");
  }

  /** Complains about a refusal. See {@link #problem(String)}. */
  public void problem(IOException refusal) {
    problem(refusal.getCause() instanceof ErrnoException errno ? errno.summary() : plain(refusal));
  }

  /** Whether the command has complained. */
  public synchronized boolean failed() {
    return failed;
  }

  /** From now on catches answers, for a file; complaints still go out. */
  synchronized void capture() {
    captures = true;
  }

  /** What was caught. */
  synchronized String captured() {
    return captured.toString();
  }

  /** From now on keeps what is printed. */
  synchronized void hold() {
    holds = true;
  }

  /** Takes what was kept. */
  synchronized String takeHeld() {
    String text = held.toString();
    held.setLength(0);
    return text;
  }

  private void print(PrintWriter writer, String text) {
    if (holds) {
      held.append(text);
    } else {
      writer.print(text);
      writer.flush();
    }
  }

  private static String plain(IOException failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
