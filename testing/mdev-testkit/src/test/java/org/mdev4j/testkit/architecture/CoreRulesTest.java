package org.mdev4j.testkit.architecture;

import static org.mdev4j.testkit.architecture.Fixtures.ROOT;
import static org.mdev4j.testkit.architecture.Fixtures.report;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.device.DriverCore;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.vfio.Vfio;

class CoreRulesTest {
  /** The real ones. */
  @TestFactory
  Stream<DynamicTest> theCoresKeepTheRules() {
    return CoreRules.of(80, DriverCore.class, Vfio.class, Mdev.class);
  }

  @Test
  void findsFloorsThatKnowHigherOnes() {
    report(CoreRules.floors(ROOT + "floors"), "floors", 5)
        .says(
            "Lower.upper()",
            "Homeless",
            "OnSimulator.probe()",
            "BusOnSimulator.scan()",
            "instead let the lower one define an interface");
  }

  @Test
  void findsPackageCycles() {
    report(CoreRules.noCycles(ROOT + "cycles"), "cycles", 1)
        .says("Cycle detected", "instead move what both need");
  }

  @Test
  void findsVendors() {
    report(CoreRules.noVendor(ROOT + "vendor"), "vendor", 4)
        .says("ccwState", "isApDevice", "the name AP", "vfio-ap", "instead ask the driver")
        .doesNotContain("overlap");
  }

  @Test
  void findsSharedAttributesOfOthers() {
    report(CoreRules.noSharedAttributes(ROOT + "shared"), "shared", 1)
        .says("'remove'", "instead offer a value")
        .doesNotContain("devices'");
  }
}
