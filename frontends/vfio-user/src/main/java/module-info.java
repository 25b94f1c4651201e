/**
 * Floor 4: vfio-user. A server that serves VFIO devices over UNIX sockets, to a virtual machine for
 * example, and a client for which a device behind a socket is a VFIO device again. It stands on
 * VFIO and knows nothing of mediated devices.
 */
module org.mdev4j.vfiouser {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires transitive org.mdev4j.vfio;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;

  exports org.mdev4j.vfiouser.client;
  exports org.mdev4j.vfiouser.server;
}
