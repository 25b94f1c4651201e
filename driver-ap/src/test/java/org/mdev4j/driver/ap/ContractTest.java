package org.mdev4j.driver.ap;

import java.util.concurrent.atomic.AtomicReference;
import org.mdev4j.sim.ap.ApBus;
import org.mdev4j.sim.ap.ApGuest;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.GuestFeatures;
import org.mdev4j.testkit.contract.DriverContract;
import org.mdev4j.testkit.host.DriverSetup;

class ContractTest extends DriverContract {
  private final AtomicReference<ApGuest> guest = new AtomicReference<>();

  /** The device is opened for a guest, or not at all. */
  @Override
  public DriverSetup driver() {
    return DriverSetup.of(new VfioApModule())
        .on(ApMachines.find(ApMachines.EXAMPLE).orElseThrow())
        .prepared(
            host -> guest.set(host.host().service(ApBus.class).guest("g", GuestFeatures.all())))
        .beforeOpen(group -> group.setGuest(guest.get()));
  }
}
