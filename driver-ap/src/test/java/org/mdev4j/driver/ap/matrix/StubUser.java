// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ap.matrix;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.model.DeviceContext;

/**
 * A user of a device that sets up no interrupts, and has no memory.
 *
 * @param of the guest that it opens the device for
 * @param interrupts those of the device
 */
record StubUser(ApGuest of, Interrupts interrupts) implements DeviceContext {
  StubUser(ApGuest of) {
    this(of, new Interrupts(List.of()));
  }

  @Override
  public DeviceDma dma() {
    throw new UnsupportedOperationException("this user has no memory");
  }

  @Override
  public <G> @Nullable G guest(Class<G> type) {
    return type.cast(of);
  }
}
