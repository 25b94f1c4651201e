package org.mdev4j.device.errno;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The assertion that a call is refused with a certain errno. */
public final class Refusals {
  private Refusals() {}

  public static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Errno errno, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ErrnoException.class,
            refusal ->
                org.assertj.core.api.Assertions.assertThat(refusal.errno()).isEqualTo(errno));
  }
}
