package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.net.URL;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Imports modules for rules to look at: everything that was compiled to the same folder or jar as a
 * class of theirs, without tests.
 *
 * <p>A rule holds for no classes at all, so an import that finds too few fails.
 */
public final class ImportedModule {
  private ImportedModule() {}

  /**
   * Imports the modules that {@code oneOfEach} are from.
   *
   * @param minimum how many classes there must be at least
   * @throws AssertionError if there are fewer
   */
  public static JavaClasses of(int minimum, Class<?>... oneOfEach) {
    Set<Location> locations = new LinkedHashSet<>();
    for (Class<?> type : oneOfEach) {
      locations.add(Location.of(locationOf(type)));
    }
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_PACKAGE_INFOS)
            .importLocations(locations);
    if (classes.size() < minimum) {
      throw new AssertionError(
          "imported only %d classes from %s, at least %d were expected: the rules would check next to nothing"
              .formatted(classes.size(), locations, minimum));
    }
    for (Class<?> type : oneOfEach) {
      if (!classes.contain(type)) {
        throw new AssertionError(
            "%s is not among the %d classes imported from %s; is it a test?"
                .formatted(type.getName(), classes.size(), locations));
      }
    }
    return classes;
  }

  static URL locationOf(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      throw new AssertionError("nobody knows where " + type.getName() + " was loaded from");
    }
    return source.getLocation();
  }
}
