package org.mdev4j.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Prints what a host announces, a line each, from the moment when it is made until it is closed. A
 * line says how many events were lost, if the output takes them too slowly.
 */
final class UeventLog implements AutoCloseable {
  private static final Duration LONG = Duration.ofDays(1);

  private final Uevents.Subscription events;
  private final PrintWriter out;
  private final Thread printer;

  UeventLog(Uevents uevents, PrintWriter out) {
    this.out = out;
    events = uevents.subscribe();
    printer = Thread.ofVirtual().name("uevent-log").start(this::print);
  }

  private void print() {
    Duration limit = LONG;
    while (true) {
      try {
        Uevent event = events.poll(limit);
        if (event != null) {
          line("uevent " + event);
        } else if (limit.isZero()) {
          return;
        }
      } catch (ErrnoException lost) {
        line("uevents: " + lost.summary());
      } catch (InterruptedException closed) {
        // What was announced so far is still printed.
        limit = Duration.ZERO;
      }
    }
  }

  private void line(String line) {
    out.println(line);
    out.flush();
  }

  /** Returns when all that was announced so far is printed. */
  @Override
  public void close() {
    printer.interrupt();
    boolean interrupted = false;
    while (printer.isAlive()) {
      try {
        printer.join();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    events.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
