package org.mdev4j.fuse.wire;

/**
 * {@code struct fuse_attr_out}, the answer to GETATTR and SETATTR.
 *
 * @param validSeconds how long the kernel may keep it
 */
public record AttrOut(long validSeconds, Attr attr) {
  public void put(Reply reply) {
    reply.putLong(validSeconds).putInt(0).putInt(0);
    attr.put(reply);
  }
}
