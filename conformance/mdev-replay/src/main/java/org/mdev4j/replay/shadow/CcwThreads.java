package org.mdev4j.replay.shadow;

import java.util.HashSet;
import java.util.Set;

/**
 * The calls on a subchannel that threads of the probe are making, and what they do to it in the
 * kernel: a RESET that meets a START being prepared, or another RESET, breaks the device there.
 */
public final class CcwThreads {
  private final Set<String> starts = new HashSet<>();
  private final Set<String> resets = new HashSet<>();
  private boolean broken;

  CcwThreads() {}

  /** A thread writes a request; it is not held up on the way to the device. */
  public void starts(String thread) {
    starts.add(thread);
  }

  /** A thread resets the device. */
  public void resets(String thread) {
    broken |= wouldBreak();
    resets.add(thread);
  }

  /** Whether a RESET now would break the kernel's device. */
  public boolean wouldBreak() {
    return !starts.isEmpty() || !resets.isEmpty();
  }

  /** Whether the kernel's device is broken by a RESET that should not have done that. */
  public boolean isBroken() {
    return broken;
  }

  /** Whether that thread resets the device. */
  public boolean isReset(String thread) {
    return resets.contains(thread);
  }

  /** Whether any such call is not known to have returned. */
  public boolean areRunning() {
    return wouldBreak();
  }

  /** A thread was joined. */
  public void joined(String thread) {
    starts.remove(thread);
    resets.remove(thread);
  }
}
