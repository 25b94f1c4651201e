package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatchers;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.lifetime.NumberPool;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.model.VfioDevice;

/** What the rules for drivers look for in classes and fields. */
final class DriverSearches {
  private static final Predicate<JavaClass> PLATFORM =
      PackageMatchers.of(
              "java..", "javax..", "jdk.jfr..", "org.slf4j..", "org.jspecify.annotations")
          .onResultOf(JavaClass::getPackageName);

  /** Types of the cores that belong to one device, or to one bound pair. */
  private static final List<Class<?>> OF_ONE_DEVICE =
      List.of(
          HostBuffer.class,
          Lease.class,
          MdevModel.class,
          Published.class,
          Scope.class,
          VfioDevice.class);

  private static final Predicate<JavaClass> BUS =
      PackageMatchers.of("org.mdev4j.ap..", "org.mdev4j.css..", "org.mdev4j.pci..")
          .onResultOf(JavaClass::getPackageName);

  private DriverSearches() {}

  static Stream<String> strangers(JavaClass type, Collection<JavaClass> all) {
    String home = homeOf(type, all);
    return type.getDirectDependenciesFromSelf().stream()
        .filter(
            dependency -> {
              JavaClass target = dependency.getTargetClass().getBaseComponentType();
              return !target.isPrimitive()
                  && !PLATFORM.test(target)
                  && !isOfCores(target)
                  && !homeOf(target, all).equals(home);
            })
        .map(Dependency::getDescription);
  }

  /** The package of the innermost driver module around {@code type}, else its own package. */
  private static String homeOf(JavaClass type, Collection<JavaClass> all) {
    return all.stream()
        .filter(each -> each.isAssignableTo(DriverModule.class))
        .map(JavaClass::getPackageName)
        .filter(home -> (type.getPackageName() + ".").startsWith(home + "."))
        .max(Comparator.comparingInt(String::length))
        .orElse(type.getPackageName());
  }

  static Stream<String> staticState(JavaField field) {
    return isStatic(field) ? Mutability.of(field).stream() : Stream.empty();
  }

  static Stream<String> severalDevices(JavaField field) {
    return DeviceFields.holdsSeveral(field)
        ? Stream.of("holds several devices: " + field.getType().getName())
        : Stream.empty();
  }

  static Stream<String> mediatedDevices(JavaClass type, Collection<JavaClass> all) {
    return type.getDirectDependenciesFromSelf().stream()
        .filter(dependency -> dependency.getTargetClass().isAssignableTo(MdevDevice.class))
        .map(Dependency::getDescription);
  }

  static Stream<String> unpublishedDevice(JavaField field) {
    Set<JavaClass> involved = new HashSet<>(field.getAllInvolvedRawTypes());
    involved.add(field.getRawType());
    if (involved.stream().anyMatch(type -> type.isAssignableTo(Published.class))) {
      return Stream.empty();
    }
    return involved.stream()
        .map(JavaClass::getBaseComponentType)
        .filter(DriverSearches::canBeDevice)
        .map(type -> "refers to a " + type.getSimpleName());
  }

  /** What the cores call a device, or a type of the driver's own that one of its devices has. */
  private static boolean canBeDevice(JavaClass type) {
    boolean device =
        type.isAssignableTo(VfioDevice.class)
            || type.isAssignableTo(MdevModel.class)
            || type.isAssignableTo(Lease.class);
    return device
        || (!PLATFORM.test(type)
            && !isOfCores(type)
            && type.getAllSubclasses().stream()
                .anyMatch(subclass -> subclass.isAssignableTo(VfioDevice.class)));
  }

  /** Whether it is a wait that ends by a clock of its own. */
  static boolean isTimedWait(CodeUnitAccessTarget target) {
    return switch (target.getName()) {
      case "wait" ->
          !target.getRawParameterTypes().isEmpty()
              && target.getRawParameterTypes().getFirst().isEquivalentTo(long.class);
      case "awaitNanos", "awaitUntil" -> target.getOwner().isAssignableTo(Condition.class);
      case "await" -> !target.getRawParameterTypes().isEmpty();
      default -> false;
    };
  }

  static Stream<String> counter(JavaField field) {
    return field.getAllInvolvedRawTypes().stream()
        .map(JavaClass::getBaseComponentType)
        .filter(
            type ->
                type.getPackageName().equals("java.util.concurrent.atomic")
                    || type.isAssignableTo(Semaphore.class)
                    || type.isAssignableTo(NumberPool.class))
        .map(type -> "is or contains a " + type.getSimpleName());
  }

  static Stream<String> stateOfSingleton(JavaField field) {
    if (isStatic(field)) {
      return Stream.empty();
    }
    boolean many = field.getOwner().isAssignableTo(DriverModule.class);
    return Mutability.of(field, many ? type -> false : DriverSearches::isService).stream();
  }

  /** What an {@link MdevDriver} may hold on to: services of the cores, bus devices. */
  private static boolean isService(JavaClass type) {
    return OF_ONE_DEVICE.stream().noneMatch(type::isAssignableTo)
        && (isOfCores(type)
            || PackageMatchers.of(DriverRules.BUS_DEVICES).test(type.getPackageName()));
  }

  private static boolean isOfCores(JavaClass type) {
    return Core.exportsPackage(type.getPackageName()) || BUS.test(type);
  }

  private static boolean isStatic(JavaField field) {
    return field.getModifiers().contains(JavaModifier.STATIC);
  }

  /** Looks at the fields that a person wrote, inherited ones in their own class. */
  static Finding fields(String description, Function<JavaField, Stream<String>> search) {
    return fields(description, JavaClass::getFields, search);
  }

  /**
   * Looks at the fields that a person wrote, also those that are inherited from the driver's own.
   */
  static Finding allFields(String description, Function<JavaField, Stream<String>> search) {
    return fields(
        description,
        type ->
            type.getAllFields().stream()
                .filter(field -> !PLATFORM.test(field.getOwner()) && !isOfCores(field.getOwner()))
                .toList(),
        search);
  }

  static Finding fields(
      String description,
      Function<JavaClass, Collection<JavaField>> fields,
      Function<JavaField, Stream<String>> search) {
    return Finding.nothing(
        description,
        (type, all) ->
            fields.apply(type).stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
                .flatMap(
                    field ->
                        search
                            .apply(field)
                            .map(
                                message ->
                                    "Field <%s> %s in %s"
                                        .formatted(
                                            field.getFullName(),
                                            message,
                                            field.getSourceCodeLocation()))));
  }
}
