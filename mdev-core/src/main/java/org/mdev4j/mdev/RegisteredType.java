package org.mdev4j.mdev;

import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * A type of a registered parent: its directory with the shared attributes ({@code spec/mdev.md} 9),
 * which only this class makes.
 */
final class RegisteredType {
  private final MdevType declared;
  private final SysfsDirectory directory;
  private final SysfsDirectory devices;

  /**
   * @param id the directory's name, for example {@code mtty-1}
   */
  RegisteredType(Mdev mdev, RegisteredParent parent, MdevType declared, String id) {
    this.declared = declared;
    directory = new SysfsDirectory(id);
    devices = directory.addDirectory("devices");
    directory.addAttribute(
        Attribute.writeOnly("create", text -> mdev.create(parent, this, StoreText.uuid(text))));
    directory.addAttribute(
        Attribute.readOnly("device_api", () -> parent.driver().deviceApi().text()));
    String prettyName = declared.prettyName();
    directory.addAttribute(
        Attribute.readOnly("name", () -> prettyName == null ? declared.name() : prettyName));
    directory.addAttribute(
        Attribute.readOnly(
            "available_instances",
            () -> Long.toUnsignedString(mdev.available(parent.account(), declared))));
    String description = declared.description();
    if (description != null) {
      directory.addAttribute(Attribute.readOnly("description", () -> description));
    }
  }

  MdevType declared() {
    return declared;
  }

  /** {@code PARENT/mdev_supported_types/ID}. */
  SysfsDirectory directory() {
    return directory;
  }

  /** The directory that has a link to each device of the type. */
  SysfsDirectory devices() {
    return devices;
  }
}
