package org.mdev4j.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;

/**
 * Prints what a host announces, a line each, from the moment when it is made until it is closed.
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
    try {
      while (true) {
        Uevent event = events.poll(LONG);
        if (event != null) {
          print(event);
        }
      }
    } catch (InterruptedException closed) {
      events.drain().forEach(this::print);
    }
  }

  private void print(Uevent event) {
    out.println("uevent " + event);
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
