package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The check that a call is refused, and with what. */
public final class Refusal {
  private Refusal() {}

  /** The refusal, for a look at its message. */
  public static ErrnoException refused(Errno errno, ThrowingCallable call) {
    ErrnoException refusal = catchThrowableOfType(ErrnoException.class, call);
    assertThat(refusal).as("refused with %s", errno).isNotNull();
    assertThat(refusal.errno()).as(refusal.getMessage()).isEqualTo(errno);
    return refusal;
  }
}
