package org.mdev4j.cli.shell;

import java.time.Duration;

/**
 * A command that is being carried out, on a thread of its own.
 *
 * <p>Somebody waits for it in the foreground until it is done, or until it is sent to the
 * background; the two exclude each other. Whatever happens to the waiting, the command itself goes
 * on.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the state; it is a leaf.
 */
public final class Job {
  private enum State {
    FOREGROUND,
    BACKGROUND,
    DONE
  }

  private final String text;
  private final Output output;
  private State state = State.FOREGROUND;
  private int number;

  Job(String text, Output output) {
    this.text = text;
    this.output = output;
  }

  /** The command as it was written. */
  public String text() {
    return text;
  }

  /** Its number; 0 as long as it is in the foreground. */
  public synchronized int number() {
    return number;
  }

  public boolean failed() {
    return output.failed();
  }

  /** How it ended, for a person, with what it printed meanwhile. */
  public String report() {
    String printed = output.takeHeld();
    String end = "[" + number() + "] " + (failed() ? "failed: " : "done: ") + text;
    return printed.isEmpty() ? end : printed.stripTrailing() + "\n" + end;
  }

  /** Waits while it is in the foreground. */
  public synchronized void await() throws InterruptedException {
    while (state == State.FOREGROUND) {
      wait();
    }
  }

  /** Waits while it is in the foreground; false if that took longer than {@code limit}. */
  public synchronized boolean await(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (state == State.FOREGROUND) {
      long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /** Sends it to the background; false if it is done already. */
  synchronized boolean toBackground(int itsNumber) {
    if (state == State.DONE) {
      return false;
    }
    state = State.BACKGROUND;
    number = itsNumber;
    output.hold();
    notifyAll();
    return true;
  }

  /** Notes the end; true if nobody waits for it in the foreground. */
  synchronized boolean end() {
    boolean unattended = state == State.BACKGROUND;
    state = State.DONE;
    notifyAll();
    return unattended;
  }
}
