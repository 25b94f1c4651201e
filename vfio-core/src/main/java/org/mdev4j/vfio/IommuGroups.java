package org.mdev4j.vfio;

import org.mdev4j.device.Device;
import org.mdev4j.device.lifetime.NumberPool;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * {@code /sys/kernel/iommu_groups}: one group per emulated device, numbered from 0, the smallest
 * free number first and again at once.
 */
final class IommuGroups {
  private final NumberPool numbers = new NumberPool("IOMMU group number", Integer.MAX_VALUE);
  private final SysfsDirectory directory;

  IommuGroups(SysfsDirectory directory) {
    this.directory = directory;
  }

  /** Makes a group for {@code device} alone; {@code scope} takes it away. Returns its number. */
  int create(Device device, Scope scope) {
    int number = numbers.take();
    scope.onClose(() -> numbers.giveBack(number));
    SysfsDirectory group = new SysfsDirectory(Integer.toString(number));
    SysfsDirectory devices = group.addDirectory("devices");
    devices.addLink(device.name(), device.directory());
    // The kernel calls every emulated group so; stock tools show it, and it harms nobody.
    group.addAttribute(Attribute.readOnly("name", () -> "vfio-noiommu"));
    group.addAttribute(new Attribute("reserved_regions", 0444, () -> "", null));
    group.addAttribute(new Attribute("type", 0644, () -> "unknown\n", IommuGroups::refuseType));
    directory.add(group);
    scope.onClose(() -> directory.remove(group));
    device.directory().addLink("iommu_group", group);
    scope.onClose(() -> device.directory().remove("iommu_group"));
    return number;
  }

  private static void refuseType(String text) {
    throw new org.mdev4j.device.errno.ErrnoException(
        org.mdev4j.device.errno.Errno.EINVAL,
        "the group of an emulated device has no domain type to change to '" + text.strip() + "'");
  }
}
