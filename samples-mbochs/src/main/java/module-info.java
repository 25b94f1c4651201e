/** Module {@code mbochs}: a sample driver for PCI displays as Bochs and QEMU have them. */
module org.mdev4j.samples.mbochs {
  requires static transitive org.jspecify;
  requires org.mdev4j.mdev;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.samples.mbochs.MbochsModule;
}
