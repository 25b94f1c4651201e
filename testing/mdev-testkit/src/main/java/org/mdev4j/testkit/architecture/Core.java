package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdev4j.device.DriverCore;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.vfio.Vfio;

/** What rules must know of the cores: which packages they export, and certain types. */
final class Core {
  private static final Set<String> EXPORTED =
      Stream.of(DriverCore.class, Vfio.class, Mdev.class)
          .flatMap(Core::exportsOfModule)
          .collect(Collectors.toUnmodifiableSet());

  private Core() {}

  /** Whether a core exports the package to everybody, as its module descriptor says. */
  static boolean exportsPackage(String name) {
    return EXPORTED.contains(name);
  }

  /**
   * The type that {@code oneOfTheModule}'s module calls by {@code simpleName}, in whatever package,
   * and its subtypes.
   */
  static DescribedPredicate<JavaClass> type(Class<?> oneOfTheModule, String simpleName) {
    String root = oneOfTheModule.getPackageName();
    DescribedPredicate<JavaClass> named =
        DescribedPredicate.describe(
            root + ".." + simpleName,
            type ->
                type.getSimpleName().equals(simpleName)
                    && (type.getPackageName() + ".").startsWith(root + "."));
    return DescribedPredicate.describe(named.getDescription(), type -> type.isAssignableTo(named));
  }

  private static Stream<String> exportsOfModule(Class<?> type) {
    Path location;
    try {
      location = Path.of(ImportedModule.locationOf(type).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError("not a place for modules", e);
    }
    Set<ModuleReference> modules = ModuleFinder.of(location).findAll();
    if (modules.isEmpty()) {
      throw new AssertionError("no module descriptor in " + location);
    }
    return modules.stream()
        .flatMap(module -> module.descriptor().exports().stream())
        .filter(exports -> !exports.isQualified())
        .map(ModuleDescriptor.Exports::source);
  }
}
