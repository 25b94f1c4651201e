package org.mdev4j.sim.css.device;

import java.nio.ByteOrder;

/** What a virtio device is, whatever transport it is reached by (virtio 1.1, 5). */
interface VirtioFunction {
  /** Feature bits of the rings, and of version 1, that every device here offers. */
  long RING_FEATURES = 1L << 28 | 1L << 29 | 1L << 32;

  /** Feature bits that mean something before version 1 only, and that every device here offers. */
  long LEGACY_FEATURES = 1L << 24 | 1L << 27;

  /** The device id, 2 for a disk, 4 for a source of randomness. */
  int type();

  /** The feature bits that it offers, bit 0 first. */
  long features();

  /** The configuration structure, its fields in {@code order}. */
  byte[] configuration(ByteOrder order);

  /** How many descriptors a queue has; 0 if there is no such queue. */
  int queueSize(int index);

  /** A device without a configuration structure, and with one queue. */
  record Plain(int type) implements VirtioFunction {
    private static final int QUEUE_SIZE = 8;

    @Override
    public long features() {
      return RING_FEATURES | LEGACY_FEATURES;
    }

    @Override
    public byte[] configuration(ByteOrder order) {
      return new byte[0];
    }

    @Override
    public int queueSize(int index) {
      return index == 0 ? QUEUE_SIZE : 0;
    }
  }
}
