package org.mdev4j.driver.ccw.device;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.host.HostClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of programs that ask not to be prefetched: they are all the same, so one that changes
 * itself does not work. At most one warning in 5 s.
 *
 * <p>Guarded by the I/O lock of the device.
 */
final class PrefetchWarning {
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(PrefetchWarning.class);

  private final SubchannelId subchannel;
  private final HostClock clock;
  private @Nullable Instant last;

  PrefetchWarning(SubchannelId subchannel, HostClock clock) {
    this.subchannel = subchannel;
    this.clock = clock;
  }

  /** Warns, unless it did just now. Returns whether it did this time. */
  boolean warn() {
    Instant now = clock.now();
    if (last != null && now.isBefore(last.plus(INTERVAL))) {
      return false;
    }
    last = now;
    log.warn(
        "{}: the program asks not to be prefetched, and is prefetched all the same", subchannel);
    return true;
  }
}
