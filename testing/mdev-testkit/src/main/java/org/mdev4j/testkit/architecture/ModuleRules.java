package org.mdev4j.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.mdev4j.device.host.DriverModule;

/**
 * What module descriptors say: whom a module stands on, what it shows, and that nobody is shown
 * more than others.
 */
public final class ModuleRules {
  private static final Set<String> PLATFORM = Set.of("org.slf4j", "org.jspecify");
  private static final String CORES = "org\\.mdev4j\\.(device|vfio|mdev|ap|css|pci)";

  private ModuleRules() {}

  /** Tests of the descriptor of the module that {@code driver} is in. */
  public static Stream<DynamicTest> ofDriver(Class<? extends DriverModule> driver) {
    return Stream.of(
        dynamicTest(
            "a driver's module provides it as a DriverModule",
            () ->
                assertThat(providers(descriptorOf(driver)))
                    .as(
                        "provided DriverModules, because modprobe finds a driver by ServiceLoader"
                            + " only; say in module-info.java: provides %s with %s",
                        DriverModule.class.getName(), driver.getName())
                    .contains(driver.getName())),
        dynamicTest(
            "a driver's module exports and opens nothing",
            () ->
                assertThat(shown(descriptorOf(driver)))
                    .as(
                        "packages that are exported or opened, because no driver knows another;"
                            + " instead let others ask for a service that ModuleContext.provide"
                            + " offers, and move what two drivers share into their bus")
                    .isEmpty()),
        dynamicTest(
            "a driver's module requires the cores, buses and the platform only",
            () ->
                assertThat(requires(descriptorOf(driver)))
                    .as(
                        "required modules, because a driver has to load wherever the cores are;"
                            + " instead use what they, the JDK and SLF4J offer")
                    .allMatch(
                        name ->
                            PLATFORM.contains(name)
                                || name.matches(CORES)
                                || name.startsWith("java.")
                                || name.equals("jdk.jfr"))));
  }

  /**
   * A test that the module of {@code type} requires exactly {@code modules}, apart from {@code
   * java.base}, and shows nothing to some that it does not show to all.
   */
  public static DynamicTest requires(Class<?> type, String... modules) {
    ModuleDescriptor descriptor = descriptorOf(type);
    return dynamicTest(
        descriptor.name() + " stands on " + String.join(", ", modules),
        () -> {
          assertThat(requires(descriptor))
              .as(
                  "modules that %s requires, because each floor stands on lower ones only; a new"
                      + " one is written down here, and in docs/architecture.md",
                  descriptor.name())
              .containsExactlyInAnyOrder(modules);
          assertThat(descriptor.exports())
              .as("exports of %s: to everybody, or to nobody", descriptor.name())
              .noneMatch(ModuleDescriptor.Exports::isQualified);
          assertThat(descriptor.opens())
              .as("opens of %s: to libraries that need it, not to our own", descriptor.name())
              .allMatch(
                  opens ->
                      opens.isQualified()
                          && opens.targets().stream().noneMatch(ModuleRules::isOurs));
        });
  }

  /** A test that the module of {@code type} exports exactly {@code packages}. */
  public static DynamicTest exports(Class<?> type, String... packages) {
    ModuleDescriptor descriptor = descriptorOf(type);
    return dynamicTest(
        descriptor.name() + " shows " + String.join(", ", packages),
        () ->
            assertThat(descriptor.exports().stream().map(ModuleDescriptor.Exports::source).toList())
                .as(
                    "packages that %s exports, because what a driver author needs is promised and"
                        + " all else may change; a new one is written down here",
                    descriptor.name())
                .containsExactlyInAnyOrder(packages));
  }

  private static boolean isOurs(String module) {
    return module.startsWith("org.mdev4j.");
  }

  /** The descriptor in the folder or jar that {@code type} is from. */
  static ModuleDescriptor descriptorOf(Class<?> type) {
    Path location;
    try {
      location = Path.of(ImportedModule.locationOf(type).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError("not a place for modules", e);
    }
    Set<ModuleReference> found = ModuleFinder.of(location).findAll();
    if (found.size() != 1) {
      throw new AssertionError(
          "no module descriptor in "
              + location
              + ": a driver is a module, so give it a module-info.java");
    }
    return found.iterator().next().descriptor();
  }

  private static Set<String> providers(ModuleDescriptor descriptor) {
    return descriptor.provides().stream()
        .filter(provided -> provided.service().equals(DriverModule.class.getName()))
        .flatMap(provided -> provided.providers().stream())
        .collect(Collectors.toSet());
  }

  private static Set<String> shown(ModuleDescriptor descriptor) {
    return Stream.concat(
            descriptor.exports().stream().map(ModuleDescriptor.Exports::source),
            descriptor.opens().stream().map(ModuleDescriptor.Opens::source))
        .collect(Collectors.toSet());
  }

  private static Set<String> requires(ModuleDescriptor descriptor) {
    return descriptor.requires().stream()
        .map(Requires::name)
        .filter(name -> !name.equals("java.base"))
        .collect(Collectors.toSet());
  }
}
