// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The uses of one open file: one for the file itself until it is closed, one for each call and each
 * mapping. The last one releases what the file stands for. So a call that meets a close either is
 * refused, or has all of the file until it returns.
 *
 * <pre>
 *   open: 1 + calls --close--> closed: calls under way only --last put--> 0: released, once
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * No locks. {@link #enter} adds one only to a count that is not zero, so nothing revives a file
 * that was released.
 */
// Not final: tests of interleavings override a package-private step to plant a bug.
class FileUses {
  private final Runnable release;
  private final AtomicInteger count = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param release what the last use does, in its own thread
   */
  FileUses(Runnable release) {
    this.release = release;
  }

  /** Begins a call: true unless the file is closed. Each true is followed by one {@link #put}. */
  boolean enter() {
    int seen = count.get();
    while (seen > 0 && !closed.get()) {
      if (count.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = count.get();
    }
    return false;
  }

  /** Adds a use that outlasts the call under way in which this is called. */
  void add() {
    count.incrementAndGet();
  }

  /** Ends a use. */
  void put() {
    if (count.decrementAndGet() == 0) {
      release.run();
    }
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Ends the file's own use, without waiting for calls under way. A second call does nothing. */
  void close() {
    if (closed.compareAndSet(false, true)) {
      put();
    }
  }
}
