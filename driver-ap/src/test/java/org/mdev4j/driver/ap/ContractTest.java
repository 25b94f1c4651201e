package org.mdev4j.driver.ap;

import java.util.concurrent.atomic.AtomicReference;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.testkit.contract.DriverContract;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.vfio.GroupFile;

/** Each user is a guest of its own; the first device has a queue. */
class ContractTest extends DriverContract {
  private static final int CARD = 5;
  private static final int DOMAIN = 4;
  private static final int ISC = 3;

  private final AtomicReference<ApGuest> lastGuest = new AtomicReference<>();

  @Override
  public DriverSetup driver() {
    return DriverSetup.of(new VfioApModule())
        .on(ApMachines.find(ApMachines.EXAMPLE).orElseThrow())
        .prepared(host -> host.write("/sys/bus/ap/apmask", "-" + CARD))
        .beforeOpen(this::startGuest);
  }

  /** The device is opened for a guest, or not at all. */
  private void startGuest(TestHost host, GroupFile group, Scope user) {
    String members = "/sys/kernel/iommu_groups/" + group.number() + "/devices";
    String device = host.device(host.names(members).getFirst());
    assign(host, device + "/assign_adapter", CARD);
    assign(host, device + "/assign_domain", DOMAIN);
    ApPanel panel = host.host().service(ApPanel.class);
    ApGuest guest = user.own(panel.guest("g" + panel.guests().size(), GuestFeatures.all()));
    lastGuest.set(guest);
    group.setGuest(guest);
  }

  private static void assign(TestHost host, String attribute, int number) {
    try {
      host.write(attribute, String.valueOf(number));
    } catch (ErrnoException refusal) {
      if (refusal.errno() != Errno.EADDRINUSE) {
        throw refusal;
      }
    }
  }

  /** Has replies notified in a byte of the user's memory, which pins its page. */
  @Override
  public void use(DeviceUser user) {
    var _ = lastGuest.get().aqic(new Apqn(CARD, DOMAIN), true, ISC, 0x100000);
  }
}
