package org.mdev4j.sim.css.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A disk (virtio 1.1, 5.2) whose blocks nobody can reach, since no queue works.
 *
 * @param blocks of 512 bytes
 * @param queues how many request queues it has, at least 1
 */
record VirtioBlock(long blocks, int queues) implements VirtioFunction {
  private static final long SEGMENT_MAX = 1L << 2;
  private static final long GEOMETRY = 1L << 4;
  private static final long BLOCK_SIZE = 1L << 6;
  private static final long FLUSH = 1L << 9;
  private static final long TOPOLOGY = 1L << 10;
  private static final long CONFIGURABLE_CACHE = 1L << 11;
  private static final long MANY_QUEUES = 1L << 12;
  private static final long DISCARD = 1L << 13;
  private static final long WRITE_ZEROES = 1L << 14;

  private static final int CONFIGURATION_SIZE = 57;
  private static final int QUEUE_SIZE = 256;
  private static final int BLOCK = 512;
  private static final int HEADS = 16;
  private static final int SECTORS = 63;
  private static final int MAX_CYLINDERS = 16383;
  private static final int MAX_REQUEST = Integer.MAX_VALUE / BLOCK;

  @Override
  public int type() {
    return 2;
  }

  @Override
  public long features() {
    return RING_FEATURES
        | LEGACY_FEATURES
        | SEGMENT_MAX
        | GEOMETRY
        | BLOCK_SIZE
        | FLUSH
        | TOPOLOGY
        | CONFIGURABLE_CACHE
        | (queues > 1 ? MANY_QUEUES : 0)
        | DISCARD
        | WRITE_ZEROES;
  }

  @Override
  public byte[] configuration(ByteOrder order) {
    ByteBuffer fields = ByteBuffer.allocate(CONFIGURATION_SIZE).order(order);
    fields.putLong(blocks);
    fields.putInt(0); // The size of a segment has no limit.
    fields.putInt(QUEUE_SIZE - 2);
    fields.putShort((short) Math.clamp(blocks / (HEADS * SECTORS), 2, MAX_CYLINDERS));
    fields.put((byte) HEADS).put((byte) SECTORS);
    fields.putInt(BLOCK);
    fields.put((byte) 0).put((byte) 0); // A physical block is a logical one, and aligned.
    fields.putShort((short) 0).putInt(0); // No size of requests is better than others.
    fields.put((byte) 1).put((byte) 0); // The cache is written back.
    fields.putShort((short) queues);
    fields.putInt(MAX_REQUEST).putInt(1).putInt(1); // Discards: blocks, segments, alignment.
    fields.putInt(MAX_REQUEST).putInt(1).put((byte) 1); // Zeroes: blocks, segments, may unmap.
    return fields.array();
  }

  @Override
  public int queueSize(int index) {
    return 0 <= index && index < queues ? QUEUE_SIZE : 0;
  }
}
