package org.mdev4j.replay.shadow;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which eventfd each interrupt of a subchannel has, by the eventfd's name: what its user now has
 * set up. They go with the user.
 */
public final class CcwIrqs {
  /** A new IRB is in the I/O region. */
  public static final int IO = 0;

  /** Channel reports are queued. */
  public static final int CRW = 1;

  /** The device is wanted back. */
  public static final int REQUEST = 2;

  private final Map<Integer, String> bound = new HashMap<>();

  CcwIrqs() {}

  /** SET_IRQS worked: null for none. */
  public void bind(int index, @Nullable String eventfd) {
    if (eventfd == null) {
      bound.remove(index);
    } else {
      bound.put(index, eventfd);
    }
  }

  /** The eventfd of an interrupt, or null. */
  public @Nullable String of(int index) {
    return bound.get(index);
  }

  /** Whether any interrupt has that eventfd. */
  public boolean isBound(String eventfd) {
    return bound.containsValue(eventfd);
  }

  void clear() {
    bound.clear();
  }
}
