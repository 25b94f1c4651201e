/**
 * Floor 3: mediated devices: parents, types, instances, and the interface that a vendor driver
 * implements. It stands on VFIO and knows no vendor.
 */
module org.mdev4j.mdev {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires transitive org.mdev4j.vfio;
  requires org.slf4j;

  exports org.mdev4j.mdev;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.mdev.MdevModule;
}
