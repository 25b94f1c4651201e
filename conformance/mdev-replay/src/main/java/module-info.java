/**
 * Floor 4: replays recordings of real kernels, call by call, against a host, and says where it
 * answers differently.
 */
module org.mdev4j.replay {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires org.mdev4j.css;
  requires org.mdev4j.device;
  requires org.mdev4j.mdev;
  requires org.mdev4j.sim.css;
  requires org.mdev4j.vfio;

  exports org.mdev4j.replay;
}
