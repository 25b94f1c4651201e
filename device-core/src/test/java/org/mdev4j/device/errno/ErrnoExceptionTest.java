package org.mdev4j.device.errno;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoExceptionTest {
  @Test
  void showsErrnoAndSentence() {
    ErrnoException refusal = new ErrnoException(Errno.EUSERS, "mdpy-vga has no instance left");

    assertThat(refusal.summary()).isEqualTo("EUSERS: mdpy-vga has no instance left");
    assertThat(refusal.getMessage()).isEqualTo("mdpy-vga has no instance left");
    assertThat(refusal.errno()).isEqualTo(Errno.EUSERS);
    assertThat(refusal.getCause()).isNull();
  }

  @Test
  void anErrnoThatACallbackChoseIsKept() {
    ErrnoException chosen = new ErrnoException(Errno.ENOSPC, "no ports");

    assertThat(ErrnoException.of(chosen, "probe of mtty")).isSameAs(chosen);
  }

  @Test
  void aCallbackThatBreaksIsEioAndNamed() {
    IllegalStateException broken = new IllegalStateException("oops");

    ErrnoException refusal = ErrnoException.of(broken, "probe of mtty");

    assertThat(refusal.errno()).isEqualTo(Errno.EIO);
    assertThat(refusal).hasMessageContaining("probe of mtty").hasMessageContaining("oops");
    assertThat(refusal).hasCause(broken);
  }

  @Test
  void outOfMemoryIsEnomem() {
    OutOfMemoryError broken = new OutOfMemoryError();

    ErrnoException refusal = ErrnoException.of(broken, "probe of mtty");

    assertThat(refusal.errno()).isEqualTo(Errno.ENOMEM);
    assertThat(refusal).hasMessageContaining("probe of mtty").hasCause(broken);
  }
}
