package org.mdev4j.device;

import java.util.List;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * A device and its driver, while they are bound.
 *
 * @param driver the driver
 * @param scope what was acquired for the pair
 * @param groups the attributes that came with the driver
 */
record Binding(RegisteredDriver driver, Scope scope, List<AttributeGroup> groups) {
  /** Whether {@code node} is one of the driver's attributes in the device's {@code directory}. */
  boolean holds(SysfsNode node, SysfsDirectory directory) {
    return groups.stream()
        .anyMatch(
            group ->
                group.directory().isEmpty()
                    ? node.parent() == directory
                        && group.attributes().stream()
                            .anyMatch(attribute -> attribute.name().equals(node.name()))
                    : directory.child(group.directory()) instanceof SysfsDirectory subdirectory
                        && node.isWithin(subdirectory));
  }
}
