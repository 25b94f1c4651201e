package org.mdev4j.samples.mtty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.ManualClock;

/** A host with the driver loaded, its time in the test's hand. */
final class Machine implements AutoCloseable {
  private static final String PARENT = "/sys/class/mdev_bus/mtty/mdev_supported_types/";

  final ManualClock clock = new ManualClock();
  final Host host = Host.builder().clock(clock).start();
  private int created;

  Machine(Backend backend) {
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("mtty", Map.of("backend", backend.text()));
  }

  /** Creates a card of type {@code mtty-1} or {@code mtty-2}; its UUID. */
  String create(String type) {
    String uuid = new UUID(0x4000, 0x8000000000000000L + created++).toString();
    write(PARENT + type + "/create", uuid);
    return uuid;
  }

  void remove(String uuid) {
    write("/sys/bus/mdev/devices/" + uuid + "/remove", "1");
  }

  int available(String type) {
    return Integer.parseInt(read(PARENT + type + "/available_instances"));
  }

  /** Creates a card and opens it. */
  OpenCard card(int ports) {
    return open(create("mtty-" + ports));
  }

  OpenCard open(String uuid) {
    return new OpenCard(host, uuid);
  }

  String read(String file) {
    try {
      return Files.readString(host.path(file)).strip();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private void write(String file, String text) {
    Path path = host.path(file);
    try {
      Files.writeString(path, text, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      throw new AssertionError(failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
