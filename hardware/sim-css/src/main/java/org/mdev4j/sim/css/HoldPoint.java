package org.mdev4j.sim.css;

/** Where a test may hold a channel program in flight ({@link SimulatedDevice#hold}). */
public enum HoldPoint {
  /** Before a path is selected: the start stays pending. */
  START,
  /** Before a command reaches the device: subchannel and device stay active. */
  COMMAND
}
