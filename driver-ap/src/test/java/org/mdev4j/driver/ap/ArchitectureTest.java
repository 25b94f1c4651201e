package org.mdev4j.driver.ap;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.testkit.architecture.DriverRules;

class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> keepsTheRules() {
    return DriverRules.of(VfioApModule.class);
  }
}
