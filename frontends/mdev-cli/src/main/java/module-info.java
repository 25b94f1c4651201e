/** Floor 5: the {@code mdev} command, which puts a host together and runs it. */
module org.mdev4j.cli {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.desktop;
  requires jdk.unsupported; // signals, through JLine
  requires org.jline;
  requires org.mdev4j.css;
  requires org.mdev4j.device;
  requires org.mdev4j.fuse;
  requires org.mdev4j.mdev;
  requires org.mdev4j.replay;
  requires org.mdev4j.ap;
  requires org.mdev4j.sim.ap;
  requires org.mdev4j.sim.css;
  requires org.mdev4j.vfio;
  requires org.mdev4j.vfiouser;
  requires org.slf4j;

  opens org.mdev4j.cli to
      info.picocli;
}
