package org.mdev4j.mdev;

import java.util.UUID;
import org.mdev4j.device.Device;

/** A mediated device as its driver's probe sees it. */
public interface MdevDevice {
  UUID uuid();

  /** The UUID in lower case with hyphens, which is also the device's name. */
  default String name() {
    return uuid().toString();
  }

  /** The type that it was created of. */
  MdevType type();

  /** The device that it was created on. */
  Device parent();
}
