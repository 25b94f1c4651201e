/** Module {@code vfio_ccw}: passes I/O subchannels on to users, as mediated devices. */
module org.mdev4j.driver.ccw {
  requires static transitive org.jspecify;
  requires org.mdev4j.mdev;
  requires org.mdev4j.css;
  requires jdk.jfr;
  requires org.slf4j;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.driver.ccw.VfioCcwModule;
}
