package org.mdev4j.device.host;

import java.util.Map;

/**
 * What hardware a host has.
 *
 * @param name the machine's name, for people
 * @param powerManagement whether devices have a {@code power} directory
 * @param hardware what there is, by the name of the simulator that provides it ({@code "css"},
 *     ...); the values are that simulator's own configuration, as JSON text
 */
public record Machine(String name, boolean powerManagement, Map<String, String> hardware) {
  public Machine {
    hardware = Map.copyOf(hardware);
  }

  /** A machine with power management and no hardware of its own: enough for the sample drivers. */
  public static Machine plain() {
    return new Machine("plain", true, Map.of());
  }
}
