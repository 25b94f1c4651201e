package org.mdev4j.fuse.wire;

import java.nio.charset.StandardCharsets;

/**
 * {@code struct fuse_notify_inval_entry_out}: tells the kernel to forget a name.
 *
 * @param parent number of the directory
 */
public record InvalEntry(long parent, String name) {
  private static final int CODE = 3;
  private static final int STRUCT_SIZE = 16;

  /** The message. */
  public Reply put(Reply reply) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    reply.putLong(parent).putInt(bytes.length).putInt(0).putBytes(bytes).putZeros(1);
    return reply.notification(CODE);
  }

  /** Size of the message, with its header. */
  public int size() {
    return Reply.HEADER_SIZE + STRUCT_SIZE + name.getBytes(StandardCharsets.UTF_8).length + 1;
  }
}
