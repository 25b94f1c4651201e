// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css.hardware;

import java.util.Optional;
import org.mdev4j.device.host.ModuleContext;

/** Provides channel subsystems of machines; found by {@link java.util.ServiceLoader}. */
public interface ChannelHardwareProvider {
  /**
   * Makes the channel subsystem of the context's machine.
   *
   * @param context of the bus's module: what the hardware acquires belongs to its scope
   * @return the hardware; empty if the machine has none that this provider knows
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL} for a bad description
   */
  Optional<ChannelHardware> hardware(ModuleContext context);
}
