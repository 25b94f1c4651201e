package org.mdev4j.vfio.migration;

/**
 * A data transfer session: from entering PRE_COPY, STOP_COPY or RESUMING until these are left.
 *
 * <p>Not thread-safe: guarded by the lock of the {@link Migration}.
 */
abstract sealed class Session permits SavingSession, LoadingSession {
  private boolean ended;

  boolean hasEnded() {
    return ended;
  }

  /** Nothing can be read or written any more. */
  void end() {
    ended = true;
  }
}
