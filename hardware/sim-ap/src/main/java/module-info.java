/**
 * Floor 2: a simulated AP bus: crypto cards, their domains and queues, and guests that use them. It
 * stands on the driver core alone and knows nothing of VFIO or mediated devices.
 */
module org.mdev4j.sim.ap {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;

  exports org.mdev4j.sim.ap;

  // Its records are filled from a machine file.
  opens org.mdev4j.sim.ap.config to
      com.fasterxml.jackson.databind;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.sim.ap.bus.ApModule;
}
