// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ap.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApMatrix;

@DisplayName("ap 9.1: a guest whose crypto control block can't be loaded")
class FailingLoadTest {
  private final List<MatrixMdev> mdevs = new ArrayList<>();
  private final MatrixMdev mdev =
      new MatrixMdev("a", new BareHost(new MatrixLocks(new ReentrantLock()), mdevs));
  private boolean fails = true;
  private final StubGuest guest =
      new StubGuest() {
        @Override
        public void load(ApMatrix masks) {
          if (fails) {
            throw new IllegalStateException("the planted failure");
          }
          super.load(masks);
        }
      };

  @Test
  @DisplayName("an open that fails leaves no hook and no guest; the next one succeeds")
  void open() {
    assertThatThrownBy(() -> mdev.open(new StubUser(guest)))
        .hasMessageContaining("the planted failure");
    assertThat(guest.hasHook()).isFalse();
    assertThat(mdev.guest()).isNull();
    fails = false;
    mdev.open(new StubUser(guest));
    assertThat(guest.hasHook()).isTrue();
    assertThat(mdev.guest()).isSameAs(guest);
  }

  @Test
  @DisplayName("a close that fails leaves no hook and no guest either")
  void close() {
    fails = false;
    mdev.open(new StubUser(guest));
    fails = true;
    assertThatThrownBy(mdev::close).hasMessageContaining("the planted failure");
    assertThat(guest.hasHook()).isFalse();
    assertThat(mdev.guest()).isNull();
  }
}
