package org.mdev4j.cli;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Lets a command end in good order when it is asked to: SIGTERM, SIGINT (control C) and SIGHUP. The
 * first one ends {@link #await}; from then on they do again what they did before, so a second one
 * ends a command that takes too long. Thread-safe.
 */
final class StopSignals implements AutoCloseable {
  private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

  private final CountDownLatch asked = new CountDownLatch(1);
  private final SignalHandlers handlers = new SignalHandlers();

  /** From now on the signals end nothing by themselves. */
  StopSignals() {
    SIGNALS.forEach(signal -> handlers.handle(signal, this::stop));
  }

  /** Waits for a signal. */
  void await() throws InterruptedException {
    asked.await();
  }

  private void stop() {
    close();
    asked.countDown();
  }

  /** The signals do again what they did before. */
  @Override
  public void close() {
    handlers.close();
  }
}
