package org.mdev4j.driver.ccw.device;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Crw;

/**
 * The channel-report words that the user has not read yet, oldest first. When there are too many
 * the oldest goes, and the one behind it says that something was lost.
 *
 * <p>Thread-safe: the monitor, a leaf.
 */
final class CrwQueue {
  /** The most words that wait. */
  static final int CAPACITY = 64;

  private final Deque<Crw> words = new ArrayDeque<>();

  synchronized void add(Crw crw) {
    words.add(crw);
    if (words.size() > CAPACITY) {
      words.remove();
      words.push(new Crw(words.remove().word() | Crw.OVERFLOW));
    }
  }

  /** Takes the oldest; null if there is none. */
  synchronized @Nullable Crw take() {
    return words.poll();
  }

  /** Puts back what could not be handed over: it is the oldest again. */
  synchronized void giveBack(Crw crw) {
    words.push(crw);
  }

  synchronized boolean isEmpty() {
    return words.isEmpty();
  }

  synchronized void clear() {
    words.clear();
  }
}
