package org.mdev4j.testkit.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;

/**
 * The files with which the JVM waits in the name of virtual threads. It opens them when the first
 * one waits for a file, and keeps them; this has one wait, so that they are not taken for a
 * driver's.
 */
final class Pollers {
  private static final Duration WAIT = Duration.ofMillis(50);

  private Pollers() {}

  /** Sees to it that they are open; done once in a process. */
  static void open() {
    Once.run();
  }

  /** A class of its own, for the thread that waits must not wait for this to be loaded. */
  private static final class Once {
    static {
      haveOneWait();
    }

    static void run() {
      // Loading this class has done it.
    }
  }

  private static void haveOneWait() {
    try {
      Pipe pipe = Pipe.open();
      try (Pipe.SourceChannel source = pipe.source();
          Pipe.SinkChannel sink = pipe.sink()) {
        Thread reader = Thread.ofVirtual().start(() -> read(source));
        var _ = reader.join(WAIT);
        var _ = sink.write(ByteBuffer.allocate(1));
        reader.join();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  private static void read(Pipe.SourceChannel source) {
    try {
      var _ = source.read(ByteBuffer.allocate(1));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
