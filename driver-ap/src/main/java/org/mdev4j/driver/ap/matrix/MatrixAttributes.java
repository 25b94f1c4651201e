package org.mdev4j.driver.ap.matrix;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.mdev4j.device.sysfs.Attribute;

/** The files of a device ({@code spec/ap.md} 5, 14). */
public final class MatrixAttributes {
  private MatrixAttributes() {}

  public static Attribute[] of(MatrixMdev mdev, Settings settings) {
    Assignment assignment = new Assignment(mdev);
    List<Attribute> attributes = new ArrayList<>();
    for (Dimension what : Dimension.values()) {
      attributes.add(
          Attribute.writeOnly("assign_" + what.text(), text -> assignment.assign(what, text)));
      attributes.add(
          Attribute.writeOnly("unassign_" + what.text(), text -> assignment.unassign(what, text)));
    }
    attributes.add(shown(mdev, "control_domains", () -> MatrixText.domains(mdev.assigned().adm())));
    attributes.add(shown(mdev, "matrix", () -> MatrixText.queues(mdev.assigned())));
    if (!settings.staticAssignment()) {
      attributes.add(shown(mdev, "guest_matrix", () -> MatrixText.queues(mdev.guestMatrix())));
      attributes.add(
          new Attribute(
              "ap_config",
              0644,
              () -> locked(mdev, () -> MatrixText.masks(mdev.assigned())),
              assignment::replace));
    }
    return attributes.toArray(Attribute[]::new);
  }

  private static Attribute shown(MatrixMdev mdev, String name, Supplier<String> content) {
    return new Attribute(name, 0444, () -> locked(mdev, content), null);
  }

  private static String locked(MatrixMdev mdev, Supplier<String> content) {
    try (var _ = mdev.host().locks().mdevs()) {
      return content.get();
    }
  }
}
