/**
 * Floor 2: a simulated channel subsystem: subchannels, channel programs, paths, and devices behind
 * them. It stands on the driver core alone and knows nothing of VFIO or mediated devices.
 */
module org.mdev4j.sim.css {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;

  exports org.mdev4j.sim.css;
  exports org.mdev4j.sim.css.layout;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.sim.css.bus.CssModule;
}
