package org.mdev4j.fuse.session;

import java.util.function.LongSupplier;

/**
 * Looks for the next request for a moment before its worker sleeps, since most come in series, and
 * to wake a thread takes longer than to answer.
 *
 * <p>Where it is in vain, since there is no series or who sends can't run meanwhile, it is not
 * tried again for some requests, and for twice as many the next time. It does not yield: on a busy
 * machine that costs far more than sleeping, for who sleeps is preferred when it wakes.
 *
 * <p>Used by one worker at a time.
 */
final class Attention {
  /** How long to look; nanoseconds. */
  static final long SPAN = 30_000;

  static final int MOST_SKIPPED = 256;

  private final LongSupplier clock;
  private long began;
  private boolean looking;
  private int skipped;
  private int toSkip;

  /**
   * @param clock {@link System#nanoTime}, or a test's
   */
  Attention(LongSupplier clock) {
    this.clock = clock;
  }

  /** A worker begins to read. */
  void begin() {
    began = clock.getAsLong();
    looking = false;
    skipped = Math.min(skipped + 1, toSkip);
  }

  /** There is no request yet: whether to look again; if not, it is time to sleep. */
  boolean goesOn() {
    looking = skipped == toSkip && clock.getAsLong() - began < SPAN;
    if (looking) {
      Thread.onSpinWait();
    } else if (skipped == toSkip) {
      toSkip = Math.clamp(2L * toSkip, 1, MOST_SKIPPED);
      skipped = 0;
    }
    return looking;
  }

  /** There is a request. */
  void end() {
    if (looking) {
      toSkip = 0;
      skipped = 0;
    }
  }
}
