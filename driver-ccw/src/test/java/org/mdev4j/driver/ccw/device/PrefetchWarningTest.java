package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.host.ManualClock;

class PrefetchWarningTest {
  private final ManualClock clock = new ManualClock();
  private final PrefetchWarning warning = new PrefetchWarning(new SubchannelId(0, 1), clock);

  @Test
  @DisplayName("9.60 one warning in 5 seconds")
  void oneInFiveSeconds() {
    assertThat(warning.warn()).isTrue();
    assertThat(warning.warn()).isFalse();
    clock.advance(Duration.ofMillis(4_999));
    assertThat(warning.warn()).isFalse();
    clock.advance(Duration.ofMillis(1));
    assertThat(warning.warn()).isTrue();
    assertThat(warning.warn()).isFalse();
  }
}
