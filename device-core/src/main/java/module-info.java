/**
 * Floor 1: what the kernel calls the driver core, and the host that everything else lives in.
 *
 * <p>It knows devices, buses, classes, attributes, uevents, loadable modules, memory and time. It
 * knows nothing of mediated devices, VFIO or any vendor.
 */
module org.mdev4j.device {
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports org.mdev4j.device;
  exports org.mdev4j.device.errno;
  exports org.mdev4j.device.host;
  exports org.mdev4j.device.lifetime;
  exports org.mdev4j.device.sysfs;

  uses org.mdev4j.device.host.DriverModule;
}
