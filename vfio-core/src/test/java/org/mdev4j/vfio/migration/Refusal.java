package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** Asserts that a call is refused, and how. */
final class Refusal {
  private Refusal() {}

  static void isRefused(Errno errno, ThrowingCallable call) {
    ErrnoException refusal = catchThrowableOfType(ErrnoException.class, call);
    assertThat(refusal).as("refused with %s", errno).isNotNull();
    assertThat(refusal.errno()).as(refusal.getMessage()).isEqualTo(errno);
    assertThat(refusal.getMessage()).as("the reason").isNotBlank();
  }
}
