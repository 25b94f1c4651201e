// SPDX-License-Identifier: Apache-2.0
/**
 * The AP bus as a kernel has it: cards and queues, their drivers, apmask and aqmask, scans. It
 * stands on device-core alone; the hardware is found through {@link
 * org.mdev4j.ap.hardware.ApHardwareProvider}.
 */
module org.mdev4j.ap {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires org.slf4j;

  exports org.mdev4j.ap;
  exports org.mdev4j.ap.hardware;

  uses org.mdev4j.ap.hardware.ApHardwareProvider;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.ap.bus.ApModule;
}
