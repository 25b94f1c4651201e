package org.mdev4j.fuse.wire;

/**
 * {@code struct fuse_entry_out}, the answer to LOOKUP. A node's number is never used again for
 * another, so the generation is always 0.
 *
 * @param node number of the node
 * @param nameSeconds how long the kernel may believe that the name is there and is this node
 * @param attrSeconds how long it may keep the attributes
 */
public record EntryOut(long node, long nameSeconds, long attrSeconds, Attr attr) {
  public void put(Reply reply) {
    reply.putLong(node).putLong(0).putLong(nameSeconds).putLong(attrSeconds).putInt(0).putInt(0);
    attr.put(reply);
  }
}
