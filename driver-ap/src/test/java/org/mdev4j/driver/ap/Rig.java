package org.mdev4j.driver.ap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Machine;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.ApPanel;

/** The example's machine with the driver loaded; everything is done through the tree and VFIO. */
final class Rig implements AutoCloseable {
  static final String BUS = "/sys/bus/ap/";
  static final String TYPE =
      "/sys/devices/vfio_ap/matrix/mdev_supported_types/vfio_ap-passthrough/";

  final EagerClock clock = new EagerClock();
  final Host host;
  final ApBus ap;
  final ApPanel panel;
  final Scope held = new Scope("test");
  private int created;

  Rig() {
    this(Map.of());
  }

  Rig(Map<String, String> parameters) {
    this(ApMachines.find(ApMachines.EXAMPLE).orElseThrow(), parameters);
  }

  Rig(Machine machine, Map<String, String> parameters) {
    host = Host.builder().machine(machine).clock(clock).start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("vfio_ap", parameters);
    ap = host.service(ApBus.class);
    panel = host.service(ApPanel.class);
  }

  /** Reserves nothing of cards 5, 6 and 7 for the host, as the example does. */
  Rig reserved() {
    must(BUS + "apmask", "-5,-6,-7");
    return this;
  }

  /** Creates a device; its UUID. */
  String create() {
    String uuid = new UUID(0x4000, 0x8000000000000000L + created++).toString();
    must(TYPE + "create", uuid);
    return uuid;
  }

  /** A device with these adapters and domains. */
  String create(int[] adapters, int[] domains) {
    String uuid = create();
    for (int adapter : adapters) {
      must(uuid, "assign_adapter", adapter);
    }
    for (int domain : domains) {
      must(uuid, "assign_domain", domain);
    }
    return uuid;
  }

  void remove(String uuid) {
    must(file(uuid, "remove"), "1");
  }

  ApGuest guest(String name) {
    return panel.guest(name, GuestFeatures.all());
  }

  OpenMatrix open(String uuid, @Nullable ApGuest guest) {
    return held.own(new OpenMatrix(host, uuid, guest));
  }

  String file(String uuid, String name) {
    return "/sys/bus/mdev/devices/" + uuid + "/" + name;
  }

  String read(String path) {
    try {
      return Files.readString(host.path(path));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A file of a device, with a slash for each newline. */
  String show(String uuid, String name) {
    return read(file(uuid, name)).replace('\n', '/');
  }

  String status(String queue) {
    return read(BUS + "devices/" + queue + "/status").strip();
  }

  /** The driver of a queue; null for none. */
  @Nullable String driver(String queue) {
    Path link = host.path(BUS + "devices/" + queue + "/driver");
    try {
      return Files.exists(link) ? String.valueOf(Files.readSymbolicLink(link).getFileName()) : null;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Writes to a file of a device. See {@link #write(String, String)}. */
  @Nullable Errno write(String uuid, String name, Object text) {
    return write(file(uuid, name), text.toString());
  }

  /** Writes; the refusal, or null. */
  @Nullable Errno write(String path, String text) {
    try {
      Files.writeString(host.path(path), text, StandardOpenOption.WRITE);
      return null;
    } catch (FileSystemException refused) {
      if (refused.getCause() instanceof ErrnoException refusal) {
        return refusal.errno();
      }
      throw new UncheckedIOException(refused);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void must(String uuid, String name, Object text) {
    must(file(uuid, name), text.toString());
  }

  void must(String path, String text) {
    Errno refusal = write(path, text);
    if (refusal != null) {
      throw new AssertionError(path + " < " + text + ": " + refusal);
    }
  }

  @Override
  public void close() {
    held.close();
    host.close();
  }
}
