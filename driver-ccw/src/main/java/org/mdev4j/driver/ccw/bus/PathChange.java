package org.mdev4j.driver.ccw.bus;

import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Crw;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Quiesce;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an event of a channel path means for a subchannel ({@code spec/ccw.md} 6.3). The masks
 * follow it whether or not somebody uses the subchannel; a user is told of what the hardware did.
 *
 * <p>The subchannel lock is held for every call.
 *
 * @param mask the path of the subchannel that it is about, 0x80 for the first
 */
record PathChange(Subchannel subchannel, int chpid, PathEvent event, int mask) {
  private static final Logger log = LoggerFactory.getLogger(PathChange.class);

  /**
   * The change, or null if the subchannel has no such path.
   *
   * @throws ErrnoException {@code ENODEV}, {@code EACCES} if the subchannel is gone
   */
  static @Nullable PathChange of(Subchannel subchannel, int chpid, PathEvent event) {
    int mask = subchannel.schib().pmcw().pathMask(chpid);
    if (mask == 0) {
      return null;
    }
    var _ = subchannel.refresh();
    return new PathChange(subchannel, chpid, event, mask);
  }

  /** Brings the masks of usable paths up to date. */
  void applyMasks() {
    switch (event) {
      case ONLINE -> subchannel.lpm(subchannel.lpm() | (mask & subchannel.opm()));
      case VARY_ON -> {
        subchannel.opm(subchannel.opm() | mask);
        subchannel.lpm(subchannel.lpm() | mask);
      }
      case VARY_OFF -> {
        subchannel.opm(subchannel.opm() & ~mask);
        subchannel.lpm(subchannel.lpm() & ~mask);
      }
      case OFFLINE, FCES -> {}
    }
  }

  /** Ends what goes on at a path that is lost, and reports what the hardware did. */
  void tell(CcwDevice device) {
    switch (event) {
      case ONLINE -> device.report(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, chpid));
      case OFFLINE -> {
        endActivity();
        device.report(Crw.of(Crw.RSC_PATH, Crw.ERC_PERRN, chpid));
      }
      case VARY_OFF -> endActivity();
      case VARY_ON, FCES -> {}
    }
  }

  /** One round; its interrupt, if there is one, reaches the user as any other. */
  private void endActivity() {
    if ((subchannel.schib().pmcw().lpum() & mask) == 0) {
      return;
    }
    try {
      var _ = new Quiesce(subchannel).round();
    } catch (ErrnoException refusal) {
      log.debug("{}: {}", subchannel.id(), refusal.summary());
    }
  }
}
