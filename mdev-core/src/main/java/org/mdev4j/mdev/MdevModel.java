package org.mdev4j.mdev;

import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.vfio.Publication;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * What a probe built: the core registers the device, adds the attributes while it is bound, and has
 * callbacks find it through the publications while it is registered.
 *
 * @param device the VFIO device
 * @param attributes vendor attributes of the mediated device
 * @param publications where hardware callbacks shall find what
 */
public record MdevModel(
    VfioDevice device, List<AttributeGroup> attributes, List<Publication<?>> publications) {
  public MdevModel {
    attributes = List.copyOf(attributes);
    publications = List.copyOf(publications);
  }

  /** A model without attributes or publications. */
  public static MdevModel of(VfioDevice device) {
    return new MdevModel(device, List.of(), List.of());
  }

  /** The same with a group of attributes more, in the subdirectory {@code directory}. */
  public MdevModel withAttributes(String directory, Attribute... group) {
    List<AttributeGroup> more = new ArrayList<>(attributes);
    more.add(AttributeGroup.of(directory, group));
    return new MdevModel(device, more, publications);
  }

  /** The same, published in {@code slot} as {@code model}. */
  public <T> MdevModel publishedIn(Published<T> slot, T model) {
    List<Publication<?>> more = new ArrayList<>(publications);
    more.add(new Publication<>(slot, model));
    return new MdevModel(device, attributes, more);
  }
}
