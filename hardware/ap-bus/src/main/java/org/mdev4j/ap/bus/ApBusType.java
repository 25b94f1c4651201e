package org.mdev4j.ap.bus;

import java.util.List;
import java.util.Locale;
import org.mdev4j.device.BusType;
import org.mdev4j.device.Device;
import org.mdev4j.device.RegisteredDriver;

/** Which driver may have what: queues by the two masks, cards the host's own driver. */
final class ApBusType implements BusType {
  private final Permissions permissions;

  ApBusType(Permissions permissions) {
    this.permissions = permissions;
  }

  @Override
  public String name() {
    return "ap";
  }

  @Override
  public boolean match(Device device, RegisteredDriver driver) {
    QueueDevice queue = device.payloadIf(QueueDevice.class);
    if (queue == null) {
      return driver.driver() instanceof DefaultCardDriver;
    }
    return driver.driver() instanceof QueueDriverAdapter adapter
        && adapter.ap().matches(queue.type())
        && permissions.allow(queue.apqn(), adapter.ap());
  }

  @Override
  public List<String> uevent(Device device) {
    QueueDevice queue = device.payloadIf(QueueDevice.class);
    int type = queue == null ? device.payload(CardDevice.class).type() : queue.type();
    return List.of(
        String.format(Locale.ROOT, "DEV_TYPE=%04X", type),
        String.format(Locale.ROOT, "MODALIAS=ap:t%02X", type));
  }
}
