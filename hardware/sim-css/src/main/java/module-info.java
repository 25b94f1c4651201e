// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated channel subsystem: subchannels that perform channel programs, paths, and the devices
 * behind them. It stands on the css bus, whose hardware interface it provides.
 */
module org.mdev4j.sim.css {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.css;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;

  exports org.mdev4j.sim.css;

  provides org.mdev4j.css.hardware.ChannelHardwareProvider with
      org.mdev4j.sim.css.machine.SimulatedCssProvider;
}
