/**
 * Floor 2: VFIO devices: their registration and reference counting, groups, and everything that a
 * user of {@code /dev/vfio} can do with one. It stands on the driver core and knows nothing of
 * mediated devices or of any vendor.
 */
module org.mdev4j.vfio {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires org.slf4j;

  exports org.mdev4j.vfio;
  exports org.mdev4j.vfio.dma;
  exports org.mdev4j.vfio.irq;
  exports org.mdev4j.vfio.migration;
  exports org.mdev4j.vfio.model;
  exports org.mdev4j.vfio.pci;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.vfio.VfioModule,
      org.mdev4j.vfio.Type1Module;
}
