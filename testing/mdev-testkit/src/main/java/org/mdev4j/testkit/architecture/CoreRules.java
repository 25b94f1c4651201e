package org.mdev4j.testkit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What holds for the project's own modules: each floor of the house stands only on those below it,
 * and nobody below the drivers knows a vendor.
 *
 * <p>Check {@link #all} on everything that one test can see, best on all modules at once: a rule
 * about two modules is only as good as the import that has both.
 */
public final class CoreRules {
  /** What the mediated-device core makes for every driver. */
  static final Set<String> SHARED_ATTRIBUTES =
      Set.of(
          "available_instances",
          "create",
          "description",
          "device_api",
          "devices",
          "mdev_type",
          "name",
          "remove");

  private static final String ROOT = "org.mdev4j";

  /** The floors of the house. */
  public static final ArchRule STAND_ON_LOWER_FLOORS = floors(ROOT);

  /** Packages can be read from the bottom up. */
  public static final ArchRule HAVE_NO_PACKAGE_CYCLES = noCycles(ROOT);

  /** Vendors are known to drivers and simulators only. */
  public static final ArchRule NAME_NO_VENDOR = noVendor(ROOT);

  /** The shared attributes are made by the mediated-device core. */
  public static final ArchRule MAKE_NO_SHARED_ATTRIBUTES = noSharedAttributes(ROOT);

  private CoreRules() {}

  /** All rules for the project's own modules. */
  public static List<ArchRule> all() {
    return List.of(
        STAND_ON_LOWER_FLOORS, HAVE_NO_PACKAGE_CYCLES, NAME_NO_VENDOR, MAKE_NO_SHARED_ATTRIBUTES);
  }

  /**
   * A test of each rule on the modules that {@code oneOfEach} are from.
   *
   * @param minimum how many classes they have at least, all together
   */
  public static Stream<DynamicTest> of(int minimum, Class<?>... oneOfEach) {
    return DriverRules.tests(all(), ImportedModule.of(minimum, oneOfEach));
  }

  static ArchRule floors(String root) {
    String deviceCore = "driver core";
    String vfio = "VFIO";
    String buses = "buses";
    String hardware = "simulated hardware";
    String mdev = "mediated devices";
    return layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer(deviceCore)
        .definedBy(root + ".device..")
        .layer(vfio)
        .definedBy(root + ".vfio..")
        .layer(buses)
        .definedBy(root + ".ap..", root + ".css..", root + ".pci..")
        .layer(hardware)
        .definedBy(root + ".sim..")
        .layer(mdev)
        .definedBy(root + ".mdev..")
        .layer("drivers")
        .definedBy(root + ".driver..", root + ".samples..")
        .layer("FUSE")
        .definedBy(root + ".fuse..")
        .layer("vfio-user")
        .definedBy(root + ".vfiouser..")
        .layer("replay")
        .definedBy(root + ".replay..")
        .layer("command")
        .definedBy(root + ".cli..")
        .whereLayer(deviceCore)
        .mayNotAccessAnyLayer()
        .whereLayer(vfio)
        .mayOnlyAccessLayers(deviceCore)
        .whereLayer(buses)
        .mayOnlyAccessLayers(deviceCore)
        .whereLayer(hardware)
        .mayOnlyAccessLayers(deviceCore, buses)
        .whereLayer(mdev)
        .mayOnlyAccessLayers(deviceCore, vfio)
        .whereLayer("drivers")
        .mayOnlyAccessLayers(deviceCore, vfio, buses, mdev)
        .whereLayer("FUSE")
        .mayOnlyAccessLayers(deviceCore)
        .whereLayer("vfio-user")
        .mayOnlyAccessLayers(deviceCore, vfio)
        .whereLayer("replay")
        .mayOnlyAccessLayers(deviceCore, vfio, buses, hardware, mdev)
        .ensureAllClassesAreContainedInArchitecture()
        .as("each floor stands only on those below it")
        .because(
            "a lower floor that knows a higher one cannot be understood, tested or replaced alone;"
                + " instead let the lower one define an interface which the higher one implements,"
                + " or a service that it provides; a new module gets its floor in CoreRules");
  }

  static ArchRule noCycles(String root) {
    return slices()
        .matching(root + ".(**)")
        .should()
        .beFreeOfCycles()
        .as("packages depend on each other without cycles")
        .because(
            "packages in a cycle are one package in disguise; instead move what both need into the"
                + " lower one, or let the lower one define an interface for what it calls");
  }

  static ArchRule noVendor(String root) {
    return classes()
        .that()
        .resideInAnyPackage(root + ".device..", root + ".vfio..", root + ".mdev..")
        .should(Finding.nothing("name no vendor", new VendorWords("DeviceApi")))
        .as("the cores name no vendor and no driver")
        .because(
            "a core that knows one driver treats it differently; instead ask the driver for a value"
                + " through the SPI, and keep constants of the public VFIO ABI in DeviceApi, to be"
                + " found by value");
  }

  static ArchRule noSharedAttributes(String root) {
    Finding.Search shared = AttributeNames.ofAttributes(SHARED_ATTRIBUTES);
    // The IOMMU group of an emulated device has a name too: another file of another object.
    Finding.Search exceptName =
        AttributeNames.ofAttributes(
            SHARED_ATTRIBUTES.stream()
                .filter(name -> !name.equals("name"))
                .collect(Collectors.toUnmodifiableSet()));
    String groups = root + ".vfio.IommuGroups";
    return classes()
        .that()
        .resideOutsideOfPackage(root + ".mdev..")
        .should(
            Finding.nothing(
                "make no shared attributes",
                (type, all) -> (type.getName().equals(groups) ? exceptName : shared).in(type, all)))
        .as("only the mediated-device core makes create, name, device_api, ...")
        .because(
            "the series moved them there from every driver; instead offer a value that the"
                + " mediated-device core can ask for");
  }
}
