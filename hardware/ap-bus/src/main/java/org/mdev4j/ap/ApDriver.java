package org.mdev4j.ap;

import java.util.List;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * A driver of AP queues ({@code spec/ap.md} 7, 8). {@link #probe} and {@link #remove} are called
 * under the queue's device lock; scans call them, too, so none of these callbacks may wait for a
 * scan.
 */
public interface ApDriver {
  /** Its name on the AP bus. */
  String name();

  /** Whether it is one of the host's own, for which the pool apmask x aqmask is reserved. */
  default boolean isDefault() {
    return false;
  }

  /** Whether it drives queues of cards of that hardware type. */
  boolean matches(int type);

  /**
   * Takes a queue.
   *
   * @return attributes that the queue's device has while it is bound
   * @throws org.mdev4j.device.errno.ErrnoException to refuse
   */
  List<AttributeGroup> probe(ApQueue queue, Scope scope);

  /** Lets a queue go. */
  default void remove(ApQueue queue) {}

  /**
   * Whether it would lose something if these queues became the host's own. Called with the
   * permission lock held.
   */
  default boolean inUse(ApMatrix reserved) {
    return false;
  }

  /** A scan found another configuration; no device has come or gone yet. */
  default void configChanged(QciInfo now, QciInfo before) {}

  /** The scan that found another configuration is through: devices have gone and come. */
  default void scanComplete(QciInfo now, QciInfo before) {}
}
