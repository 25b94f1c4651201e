package org.mdev4j.cli.device;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.ap.ApBus;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.GuestFeatures;

/** Guests by name, for devices that can only be opened for one. */
public final class Guests {
  private Guests() {}

  /**
   * The guest of that name; it is started if it was not.
   *
   * @throws ErrnoException {@code ENODEV} if the host's machine has nothing that guests run on
   */
  public static Object named(Host host, String name) {
    if (!host.machine().hardware().containsKey(ApMachines.HARDWARE)) {
      throw new ErrnoException(
          Errno.ENODEV, "machine " + host.machine().name() + " runs no guests");
    }
    return host.service(ApBus.class).guest(name, GuestFeatures.all());
  }
}
