package org.mdev4j.replay.probe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;

/**
 * How many instances of each type there can be: what {@code available_instances} showed while there
 * was no device. Not thread-safe.
 */
public final class Capacity {
  private static final String PARENTS = "/sys/class/mdev_bus";

  private final Syscalls syscalls;
  private final Map<String, Long> full = new HashMap<>();

  Capacity(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /** Looks again, if there is no device now. */
  void look() {
    if (!isIdle()) {
      return;
    }
    full.clear();
    for (String parent : syscalls.names(PARENTS)) {
      String types = PARENTS + "/" + parent + "/mdev_supported_types";
      for (String type : syscalls.names(types)) {
        String path = types + "/" + type + "/available_instances";
        try {
          full.put(path, syscalls.readNumber(path));
        } catch (ErrnoException gone) {
          // A parent that is going has no capacity.
        }
      }
    }
  }

  /** Whether there is no mediated device. */
  public boolean isIdle() {
    return syscalls.names("/sys/bus/mdev/devices").isEmpty();
  }

  /** The full value of one {@code available_instances}, or null if it was never seen. */
  public @Nullable Long of(String path) {
    return full.get(path);
  }

  /** Whether {@code values} are the full values of {@code paths}, in the same order. */
  public boolean isFull(List<String> paths, List<Long> values) {
    return values.equals(paths.stream().map(full::get).toList());
  }
}
