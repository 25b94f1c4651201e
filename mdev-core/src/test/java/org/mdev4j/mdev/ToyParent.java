package org.mdev4j.mdev;

import java.util.List;
import java.util.UUID;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;

/** A parent of a {@link ToyHost}, and what its users do, all of it through the tree. */
final class ToyParent {
  final Device device;
  private final ToyHost host;
  private final InstanceLimit limit;
  private final List<MdevType> types;
  private volatile Scope scope;
  private volatile RegisteredParent core;

  ToyParent(ToyHost host, Device device, InstanceLimit limit, List<MdevType> types) {
    this.host = host;
    this.device = device;
    this.limit = limit;
    this.types = types;
  }

  ToyParent register() {
    Scope registration = host.context().scope().own(new Scope("parent " + device.name()));
    core =
        (RegisteredParent)
            host.mdev().registerParent(registration, device, host.driver, limit, types);
    scope = registration;
    return this;
  }

  void unregister() {
    scope.close();
  }

  /** The core's own object for the registration of now. */
  RegisteredParent core() {
    return core;
  }

  /** Its directory. */
  String path() {
    return device.directory().path();
  }

  /** The directory of one of its types. */
  String type(String name) {
    return path() + "/mdev_supported_types/" + device.driverString() + "-" + name;
  }

  /** The directory of one of its devices. */
  String mdev(UUID uuid) {
    return path() + "/" + uuid;
  }

  int create(String type, String text) {
    return host.write(type(type) + "/create", text);
  }

  UUID create(String type, UUID uuid) {
    create(type, uuid.toString());
    return uuid;
  }

  UUID create(String type) {
    return create(type, host.uuid());
  }

  /**
   * Creates devices until there are no more.
   *
   * @return the errno of the last try
   */
  ErrnoException exhaust(String type, List<UUID> created) {
    while (true) {
      try {
        created.add(create(type));
      } catch (ErrnoException full) {
        return full;
      }
    }
  }

  void remove(UUID uuid) {
    host.write(mdev(uuid) + "/remove", "1");
  }

  long available(String type) {
    return Long.parseLong(host.read(type(type) + "/available_instances").strip());
  }
}
