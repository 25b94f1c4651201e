/** Module {@code vfio_ap}: gives AP queues to guests, by adapter and domain. */
module org.mdev4j.driver.ap {
  requires static transitive org.jspecify;
  requires org.mdev4j.mdev;
  requires org.mdev4j.ap;
  requires org.slf4j;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.driver.ap.VfioApModule;
}
