package org.mdev4j.device.lifetime;

import org.slf4j.LoggerFactory;

/**
 * Is told of a failure that no caller can handle: of an action that gives something back, of queued
 * work, of a timer. The failure is logged, and what comes next is done all the same.
 */
@FunctionalInterface
public interface FailureListener {
  /** Ignores everything. */
  FailureListener NONE = (_, _) -> {};

  /**
   * Something failed. Called in the thread in which it did, under the locks that it was done under;
   * must neither block nor throw.
   *
   * @param what what was being done, for people
   * @param failure what it threw
   */
  void failed(String what, Throwable failure);

  /**
   * Logs a failure and tells this listener. Throws nothing: a logger or a listener that fails, as
   * all code may when memory has run out, must not end the loop that reports to it.
   *
   * @param what what was being done, for people
   * @param failure what it threw
   */
  default void report(String what, Throwable failure) {
    try {
      LoggerFactory.getLogger(FailureListener.class).error("{} failed", what, failure);
      failed(what, failure);
    } catch (Throwable unreported) {
      // No further listener exists that could be told of this.
    }
  }
}
