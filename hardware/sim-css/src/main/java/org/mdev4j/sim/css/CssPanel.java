// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.css;

import java.util.List;

/**
 * The operator's side of the simulated machine: what a test or the files of the panel do. A service
 * of a host whose machine has a simulated channel subsystem. Thread-safe.
 */
public interface CssPanel {
  /** Returns the devices that are plugged, by subchannel. */
  List<SimulatedDevice> devices();

  /**
   * Returns the device with that number.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is none
   */
  SimulatedDevice device(int number);

  /**
   * Plugs a device in; the machine reports it and it comes on the bus.
   *
   * @param description one subchannel as in a machine, as JSON
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL} for a bad description, {@code
   *     EEXIST} if its number is taken
   */
  void plug(String description);

  /**
   * Pulls a device; what was in progress ends without an interrupt, and the machine reports it.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is none
   */
  void unplug(int number);

  /**
   * Makes a path available to the devices behind it, or takes it away, and reports that.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such path
   */
  void configurePath(int chpid, boolean available);
}
