/** Module {@code ${driver}}: a driver of mediated devices, found by the service loader. */
module ${package} {
  requires static transitive org.jspecify;
  requires org.mdev4j.mdev;

  provides org.mdev4j.device.host.DriverModule with
      ${package}.${className}Module;
}
