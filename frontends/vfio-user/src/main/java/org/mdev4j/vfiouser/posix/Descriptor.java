package org.mdev4j.vfiouser.posix;

/**
 * A file descriptor that somebody has sent, open until it is closed or {@linkplain #take taken}.
 *
 * <p>Not thread-safe: it belongs to whoever handles the message that it came with.
 */
public final class Descriptor implements AutoCloseable {
  private static final String EVENTFD = "anon_inode:[eventfd]";
  private static final int GET_FLAGS = 3;
  private static final int SET_FLAGS = 4;
  private static final int NON_BLOCKING = 0x800;
  private static final int NONE = -1;

  private int number;

  Descriptor(int number) {
    this.number = number;
  }

  /** Its number, for handing it on; -1 once it is closed or taken. */
  public int number() {
    return number;
  }

  /** Whether it is an eventfd: writing to anything else might block, or do who knows what. */
  public boolean isEventFd() {
    return number != NONE && Libc.target(number).equals(EVENTFD);
  }

  /**
   * Makes a write to it, or a read, fail where it would wait. This is a property of the open file,
   * so the sender's own descriptor does not wait any more either.
   */
  public void dontBlock() {
    int flags = Libc.fcntl(number, GET_FLAGS, 0);
    if (flags >= 0) {
      var _ = Libc.fcntl(number, SET_FLAGS, flags | NON_BLOCKING);
    }
  }

  /** Its number, which from now on is the caller's to close. */
  public int take() {
    int taken = number;
    number = NONE;
    return taken;
  }

  /** Closes it if it was not taken. A second close does nothing. */
  @Override
  public void close() {
    if (number != NONE) {
      var _ = Libc.close(take());
    }
  }
}
