package org.mdev4j.testkit.host;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds up whoever comes until the test opens it. What a test leaves shut is opened after it. */
public final class Turnstile {
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** Lets everybody through, from now on. */
  public void open() {
    opened.countDown();
  }

  /** Waits until somebody stands at it. */
  public Turnstile awaitArrival() {
    await(arrived, "nobody came to the turnstile");
    return this;
  }

  /** Waits until it is open. */
  void pass() {
    arrived.countDown();
    await(opened, "the test never opened the turnstile");
  }

  private static void await(CountDownLatch latch, String otherwise) {
    try {
      if (!latch.await(Background.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(otherwise);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(otherwise, e);
    }
  }
}
