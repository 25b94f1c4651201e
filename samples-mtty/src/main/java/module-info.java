/** Module {@code mtty}: a sample driver for PCI serial cards. */
module org.mdev4j.samples.mtty {
  requires static transitive org.jspecify;
  requires org.mdev4j.mdev;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.samples.mtty.MttyModule;
}
