/** Module {@code mdpy}: a sample driver for PCI displays with a plain framebuffer. */
module org.mdev4j.samples.mdpy {
  requires static transitive org.jspecify;
  requires org.mdev4j.mdev;

  provides org.mdev4j.device.host.DriverModule with
      org.mdev4j.samples.mdpy.MdpyModule;
}
