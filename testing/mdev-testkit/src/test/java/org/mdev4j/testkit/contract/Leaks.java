package org.mdev4j.testkit.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** What a bad driver takes of the process and does not give back, until the test does. */
final class Leaks {
  private static final Queue<Runnable> ENDS = new ConcurrentLinkedQueue<>();

  private Leaks() {}

  /** A thread that goes on. */
  static void thread() {
    CountDownLatch end = new CountDownLatch(1);
    ENDS.add(end::countDown);
    Thread.ofPlatform()
        .daemon()
        .name("gadget-worker")
        .start(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
  }

  /** A file that stays open. */
  static void file() {
    try {
      Path path = Files.createTempFile("gadget-file", null);
      FileChannel channel = FileChannel.open(path, StandardOpenOption.DELETE_ON_CLOSE);
      ENDS.add(() -> close(channel));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Gives everything back. */
  static void end() {
    for (Runnable end = ENDS.poll(); end != null; end = ENDS.poll()) {
      end.run();
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
