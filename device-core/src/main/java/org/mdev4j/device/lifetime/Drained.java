// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.lifetime;

/**
 * What waits, when it is closed, until those inside have left: a scope, a work queue, a
 * registration. Thread-safe.
 */
public interface Drained extends AutoCloseable {
  /**
   * Whether closing this would wait for what is done at {@code place}. Changes nothing, and waits
   * for nothing.
   *
   * @param place where an {@link Activity} of the calling thread is
   */
  boolean waitsFor(Object place);

  @Override
  void close();
}
