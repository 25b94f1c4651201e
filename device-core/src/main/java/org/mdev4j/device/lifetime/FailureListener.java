package org.mdev4j.device.lifetime;

/**
 * Is told of what failed where no caller could do anything about it: while something is given back,
 * in work done later. It was logged, and life went on.
 */
@FunctionalInterface
public interface FailureListener {
  /** Cares for nothing. */
  FailureListener NONE = (_, _) -> {};

  /**
   * Something failed. Called in the thread in which it did, under the locks that it was done under;
   * must neither block nor throw.
   *
   * @param what what was being done, for people
   * @param failure what it threw
   */
  void failed(String what, Throwable failure);
}
