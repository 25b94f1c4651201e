package org.mdev4j.device.sysfs;

import java.util.List;

/**
 * Attributes that come and go together.
 *
 * @param directory the subdirectory that holds them, or empty for the device's own directory
 * @param attributes the files
 */
public record AttributeGroup(String directory, List<Attribute> attributes) {
  public AttributeGroup {
    attributes = List.copyOf(attributes);
  }

  public static AttributeGroup of(String directory, Attribute... attributes) {
    return new AttributeGroup(directory, List.of(attributes));
  }
}
