// SPDX-License-Identifier: Apache-2.0
/**
 * Simulated AP hardware: crypto cards, their domains and queues, and guests that use them. It
 * stands on the AP bus, whose hardware interface it provides.
 */
module org.mdev4j.sim.ap {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.ap;
  requires com.fasterxml.jackson.databind;

  exports org.mdev4j.sim.ap;

  // Its records are filled from a machine file.
  opens org.mdev4j.sim.ap.config to
      com.fasterxml.jackson.databind;

  provides org.mdev4j.ap.hardware.ApHardwareProvider with
      org.mdev4j.sim.ap.panel.SimulatedApProvider;
}
