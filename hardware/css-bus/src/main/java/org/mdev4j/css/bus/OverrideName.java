package org.mdev4j.css.bus;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.sysfs.Attribute;

/** The {@code driver_override} of a device: the one driver that may have it. Thread-safe. */
final class OverrideName {
  private volatile @Nullable String name;

  /** Whether {@code driver} may have the device. */
  boolean allows(String driver) {
    String only = name;
    return only == null || only.equals(driver);
  }

  Attribute attribute() {
    return new Attribute(
        "driver_override", 0644, () -> (name == null ? "(null)" : name) + "\n", this::store);
  }

  private void store(String text) {
    String first = text.lines().findFirst().orElse("");
    name = first.isEmpty() ? null : first;
  }
}
