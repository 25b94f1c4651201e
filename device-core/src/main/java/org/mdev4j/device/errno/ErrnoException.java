package org.mdev4j.device.errno;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A refusal: an {@link Errno} for programs and a sentence for people.
 *
 * <p>It is unchecked because nearly every call into a device can be refused, and the errno travels
 * unchanged from the driver that threw it to the shell, the file system or the wire that shows it.
 */
public final class ErrnoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  /**
   * @param message what was refused and why, naming the offending value
   */
  public ErrnoException(Errno errno, String message) {
    this(errno, message, null);
  }

  public ErrnoException(Errno errno, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = Objects.requireNonNull(errno);
  }

  public Errno errno() {
    return errno;
  }

  /** Errno and message in one line, as a shell prints them. */
  public String summary() {
    return errno + ": " + getMessage();
  }

  /**
   * The refusal that a caller sees when a callback failed with {@code failure}: the callback's own
   * errno when it chose one, {@code EIO} when it broke.
   *
   * @param what the callback, for example {@code "probe of mtty"}
   */
  public static ErrnoException of(Throwable failure, String what) {
    if (failure instanceof ErrnoException refusal) {
      return refusal;
    }
    if (failure instanceof OutOfMemoryError) {
      return new ErrnoException(Errno.ENOMEM, what + " ran out of memory", failure);
    }
    return new ErrnoException(Errno.EIO, what + " failed: " + failure, failure);
  }
}
