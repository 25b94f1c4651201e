// SPDX-License-Identifier: Apache-2.0
/**
 * The css bus as a kernel has it: subchannels, their drivers, channel paths and machine checks. It
 * stands on device-core alone; the hardware is found through {@link
 * org.mdev4j.css.hardware.ChannelHardwareProvider}.
 */
module org.mdev4j.css {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires org.slf4j;

  exports org.mdev4j.css;
  exports org.mdev4j.css.hardware;
  exports org.mdev4j.css.layout;

  uses org.mdev4j.css.hardware.ChannelHardwareProvider;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.css.bus.CssModule;
}
