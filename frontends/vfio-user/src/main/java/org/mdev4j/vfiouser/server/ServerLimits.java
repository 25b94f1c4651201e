package org.mdev4j.vfiouser.server;

import java.time.Duration;

/**
 * What a server grants a client; beyond it a request is refused.
 *
 * <p>Memory for messages belongs to the connection. It grows to the largest message, six times
 * 1,048,608 bytes at most (a command, its reply, a call to the client, its reply, and one that is
 * being received on each of two sockets), and is freed with the connection.
 *
 * @param dmaRegions most regions of guest memory; each that comes with a file takes one of the
 *     process's mappings, of which Linux allows 65530
 * @param dmaRegionSize bytes of the largest region; {@code ENOSPC} beyond
 * @param loggedMemory bytes of guest memory whose dirty pages are logged, all together; a bit of
 *     heap is needed for each page
 * @param queuedCommands bytes of heap that a client's commands take at most while the server waits
 *     for its reply to DMA_READ or DMA_WRITE, 128 for each of them included. It is disconnected
 *     beyond that: the reply comes after them, so they can't be left in the socket. The same goes
 *     for more than 256 file descriptors
 * @param stall how long a client may be silent within a message or before its first, and take
 *     nothing of a reply; it is disconnected then
 * @param dmaReply how long a client may take to reply to DMA_READ and DMA_WRITE
 */
public record ServerLimits(
    int dmaRegions,
    long dmaRegionSize,
    long loggedMemory,
    long queuedCommands,
    Duration stall,
    Duration dmaReply) {
  /** The file descriptors that a client is told to send at most in a message. */
  public static final int MESSAGE_DESCRIPTORS = 8;

  /** What a server grants unless it is told otherwise. */
  public static final ServerLimits USUAL =
      new ServerLimits(
          4096, 8L << 40, 1L << 40, 16L << 20, Duration.ofSeconds(30), Duration.ofSeconds(5));

  /** The same with another number of regions. */
  public ServerLimits withDmaRegions(int regions) {
    return new ServerLimits(regions, dmaRegionSize, loggedMemory, queuedCommands, stall, dmaReply);
  }

  /** The same with other patience. */
  public ServerLimits withPatience(Duration itsStall, Duration itsDmaReply) {
    return new ServerLimits(
        dmaRegions, dmaRegionSize, loggedMemory, queuedCommands, itsStall, itsDmaReply);
  }
}
