package org.mdev4j.fuse.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttentionTest {
  private long now = Long.MAX_VALUE - Attention.SPAN / 2; // it may wrap around
  private final Attention attention = new Attention(() -> now);

  @Test
  void lastsForAMoment() {
    attention.begin();
    assertThat(attention.goesOn()).isTrue();
    now += Attention.SPAN - 1;
    assertThat(attention.goesOn()).isTrue();
    now++;
    assertThat(attention.goesOn()).isFalse();
    now++;
    assertThat(attention.goesOn()).as("it is not tried again for the same request").isFalse();
  }

  @Test
  void isPaidLessAndLessInVain() {
    int before = 0;
    for (int failure = 0; failure < 5; failure++) {
      lookInVain();
      int skipped = skipped();
      assertThat(skipped).isGreaterThanOrEqualTo(2 * before);
      before = skipped;
    }
    assertThat(before).isGreaterThan(10);
  }

  @Test
  void isTriedAgainAfterSomeRequests() {
    for (int failure = 0; failure < 20; failure++) {
      lookInVain();
      assertThat(skipped()).isLessThan(Attention.MOST_SKIPPED);
    }
  }

  @Test
  void isPaidAlwaysOnceItWasWorthIt() {
    for (int failure = 0; failure < 20; failure++) {
      lookInVain();
      var _ = skipped();
    }
    attention.end(); // while it looks
    lookInVain();
    assertThat(skipped()).isZero();
  }

  @Test
  void whatIsThereAtOnceSaysNothing() {
    for (int failure = 0; failure < 3; failure++) {
      lookInVain();
      var _ = skipped();
    }
    lookInVain();
    attention.begin();
    attention.end();
    assertThat(skipped()).isGreaterThan(2);
  }

  /** Has it look until it gives up, from where it looks. */
  private void lookInVain() {
    attention.begin();
    assertThat(attention.goesOn()).isTrue();
    now += Attention.SPAN;
    assertThat(attention.goesOn()).isFalse();
    attention.end();
  }

  /** How many requests in a row are slept for at once; then it looks. */
  private int skipped() {
    int skipped = 0;
    attention.begin();
    while (!attention.goesOn()) {
      attention.end();
      attention.begin();
      skipped++;
    }
    return skipped;
  }
}
