package org.mdev4j.fuse.session;

import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * A node that the kernel knows by a number. See {@link NodeTable}, which also guards {@code
 * lookups}.
 */
final class Known {
  private final long id;
  private final SysfsNode node;
  private final long ino;
  private final AtomicInteger stores = new AtomicInteger();

  /** How often the kernel was told the number, less how often it has forgotten it. */
  long lookups;

  Known(long id, SysfsNode node, long ino) {
    this.id = id;
    this.node = node;
    this.ino = ino;
  }

  long id() {
    return id;
  }

  SysfsNode node() {
    return node;
  }

  long ino() {
    return ino;
  }

  /** A store begins; it may last. */
  void beginStore() {
    stores.incrementAndGet();
  }

  void endStore() {
    stores.decrementAndGet();
  }

  /** Whether a store is in progress under this number. */
  boolean isBusy() {
    return stores.get() > 0;
  }
}
