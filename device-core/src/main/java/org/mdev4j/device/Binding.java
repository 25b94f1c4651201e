package org.mdev4j.device;

import java.util.List;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * A device and its driver, while they are bound.
 *
 * @param driver the driver
 * @param scope what was acquired for the pair
 * @param groups the attributes that came with the driver
 */
record Binding(RegisteredDriver driver, Scope scope, List<AttributeGroup> groups) {}
