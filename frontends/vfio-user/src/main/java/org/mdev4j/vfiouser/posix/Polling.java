package org.mdev4j.vfiouser.posix;

/** Waiting for several descriptors at once. */
public final class Polling {
  private Polling() {}

  /** Waits until one of them can be read; one that was closed meanwhile counts as well. */
  public static void awaitAny(int... descriptors) {
    Libc.pollAny(descriptors);
  }
}
