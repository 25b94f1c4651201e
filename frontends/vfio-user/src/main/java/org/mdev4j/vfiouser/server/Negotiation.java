package org.mdev4j.vfiouser.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Reply;

/** What the server says in its VERSION ({@code spec/vfio-user.md} 2). */
final class Negotiation {
  private static final int MINOR = 2;
  private static final int VERSION_SIZE = 4;

  private Negotiation() {}

  /**
   * Puts the answer to {@code client} together. What is not said has its default: a client reads
   * the answer into memory that is no larger than its own request.
   *
   * @param migratable whether the device can migrate
   * @param twin whether a socket for our commands goes along, as the first descriptor
   */
  static void answer(
      Reply reply, ClientTerms client, ServerLimits limits, boolean migratable, boolean twin) {
    StringBuilder json =
        new StringBuilder("{\"capabilities\":{\"max_msg_fds\":")
            .append(ServerLimits.MESSAGE_DESCRIPTORS)
            .append(",\"max_data_xfer_size\":")
            .append(Header.MAX_TRANSFER)
            .append(",\"max_dma_maps\":")
            .append(limits.dmaRegions());
    if (client.writeMultiple()) {
      json.append(",\"write_multiple\":true");
    }
    if (migratable) {
      json.append(",\"migration\":{\"pgsize\":4096}");
    }
    if (twin) {
      json.append(",\"twin_socket\":{\"supported\":true,\"fd_index\":0}");
    }
    byte[] text = json.append("}}\0").toString().getBytes(UTF_8);
    reply.setLength(VERSION_SIZE + text.length);
    reply.u32(0, Math.min(MINOR, client.minor()) << Short.SIZE);
    reply.data(VERSION_SIZE, text.length).copyFrom(MemorySegment.ofArray(text));
  }
}
