package org.mdev4j.device;

import java.util.List;

/** What a bus knows of its devices; everything else is done by {@link Bus}. */
public interface BusType {
  String name();

  /** Whether {@code driver} may drive {@code device}; asked when either is added. */
  boolean match(Device device, RegisteredDriver driver);

  /**
   * Whether {@code driver} may be bound to {@code device} by writing to its {@code bind} file, for
   * a bus on which nothing binds by itself.
   */
  default boolean mayBindByHand(Device device, RegisteredDriver driver) {
    return match(device, driver);
  }

  /** Variables that the bus adds to the uevents of its devices, after {@code DRIVER}. */
  default List<String> uevent(Device device) {
    return List.of();
  }
}
