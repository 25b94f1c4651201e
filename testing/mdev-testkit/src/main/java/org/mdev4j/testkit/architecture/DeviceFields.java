package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.mdev4j.device.Device;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.vfio.Vfio;

/**
 * Fields that hold several devices: an array, anything iterable or a map somewhere in the type, and
 * a device somewhere in it. A device is what the cores call one, a UUID, which names one, and a
 * record that has one as a component. Other classes are not looked into: parts of a device model
 * may well refer back to it.
 */
final class DeviceFields {
  private static final List<Predicate<JavaClass>> DEVICES =
      List.of(
          type -> type.isAssignableTo(UUID.class),
          Core.type(Device.class, "Device"),
          Core.type(Mdev.class, "MdevDevice"),
          Core.type(Mdev.class, "MdevModel"),
          Core.type(Vfio.class, "DeviceFile"),
          Core.type(Vfio.class, "Lease"),
          Core.type(Vfio.class, "VfioDevice"),
          Core.type(Vfio.class, "VfioRegistration"));

  private DeviceFields() {}

  static boolean holdsSeveral(JavaField field) {
    Set<JavaClass> involved = new HashSet<>(field.getAllInvolvedRawTypes());
    involved.add(field.getRawType());
    return involved.stream().anyMatch(DeviceFields::isContainer)
        && involved.stream()
            .map(JavaClass::getBaseComponentType)
            .anyMatch(type -> isDevice(type, new HashSet<>()));
  }

  private static boolean isContainer(JavaClass type) {
    return type.isArray() || type.isAssignableTo(Iterable.class) || type.isAssignableTo(Map.class);
  }

  private static boolean isDevice(JavaClass type, Set<JavaClass> seen) {
    if (DEVICES.stream().anyMatch(device -> device.test(type))) {
      return true;
    }
    return type.isRecord()
        && seen.add(type)
        && type.getFields().stream()
            .flatMap(component -> component.getAllInvolvedRawTypes().stream())
            .anyMatch(involved -> isDevice(involved.getBaseComponentType(), seen));
  }
}
