package org.mdev4j.mdev;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place in a callback where a thread stops until the test lets it go on. */
final class Turnstile {
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** What the callback does: says that it is here, and waits. */
  void pass() {
    arrived.countDown();
    await(opened, "the test never opened the turnstile");
  }

  /** Waits until the callback is here. */
  void awaitArrival() {
    await(arrived, "nobody came to the turnstile");
  }

  void open() {
    opened.countDown();
  }

  private static void await(CountDownLatch latch, String otherwise) {
    try {
      if (!latch.await(Background.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(otherwise);
      }
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
