/**
 * Floor 4: mounts a host's {@code /sys} through the kernel's FUSE, so that programs which know
 * nothing of Java read and write it. It speaks the protocol of {@code /dev/fuse} itself.
 */
module org.mdev4j.fuse {
  requires static transitive org.jspecify;
  requires transitive org.mdev4j.device;
  requires org.slf4j;

  exports org.mdev4j.fuse;
}
