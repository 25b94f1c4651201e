package org.mdev4j.vfio;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What callbacks of toy models do that a lambda can't say in a word. */
final class Callbacks {
  private Callbacks() {}

  /** Throws {@code failure}, an unchecked one. */
  static void fail(Throwable failure) {
    switch (failure) {
      case RuntimeException exception -> throw exception;
      case Error error -> throw error;
      default -> throw new IllegalArgumentException(failure);
    }
  }

  /** Waits for {@code latch}, as long as a test may take. */
  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(Background.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the test never let go");
      }
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
