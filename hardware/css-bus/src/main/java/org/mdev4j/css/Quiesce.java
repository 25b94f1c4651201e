package org.mdev4j.css;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Brings a subchannel to rest, in rounds: cancel, else halt, else clear. Between two rounds the
 * caller gives up the subchannel lock and waits for an interrupt.
 *
 * <p>Cancel is tried once, halt three times, clear 255 times. Not thread-safe: used under the
 * subchannel lock by whoever quiesces.
 */
public final class Quiesce {
  private static final int HALTS = 3;
  private static final int CLEARS = 255;

  private final Subchannel subchannel;
  private int retries = CLEARS;

  public Quiesce(Subchannel subchannel) {
    this.subchannel = subchannel;
  }

  /**
   * Does one round; the subchannel lock is held.
   *
   * @return whether it is at rest; false: wait for an interrupt, then try to disable it, then come
   *     back
   * @throws ErrnoException {@code ENODEV} if it is gone, {@code EIO} if nothing helped
   */
  public boolean round() {
    Schib schib = subchannel.stsch();
    if (schib == null || !schib.pmcw().has(Pmcw.VALID)) {
      throw gone();
    }
    if (!schib.pmcw().has(Pmcw.ENABLED)) {
      return true;
    }
    Scsw scsw = schib.scsw();
    if (!scsw.has(Scsw.HALT_PENDING | Scsw.CLEAR_PENDING)) {
      switch (subchannel.xsch()) {
        case CC0 -> {
          var _ = subchannel.refresh();
          return true;
        }
        case CC1 -> {
          return false;
        }
        case CC2 -> retries = HALTS;
        case CC3 -> throw gone();
      }
    }
    boolean waits = !scsw.has(Scsw.CLEAR_PENDING) && halt();
    return !waits && clear();
  }

  /** True if an interrupt is to be waited for. */
  private boolean halt() {
    if (retries > 0) {
      retries--;
      switch (subchannel.hsch()) {
        case CC0 -> {
          return true;
        }
        case CC3 -> throw gone();
        case CC1, CC2 -> {}
      }
    }
    retries = CLEARS;
    return false;
  }

  /** False: an interrupt is to be waited for. */
  private boolean clear() {
    if (retries > 0) {
      retries--;
      if (subchannel.csch() == ConditionCode.CC0) {
        return false;
      }
      throw gone();
    }
    throw new ErrnoException(Errno.EIO, subchannel.id() + " can't be quiesced");
  }

  private ErrnoException gone() {
    return new ErrnoException(Errno.ENODEV, subchannel.id() + " is gone");
  }
}
