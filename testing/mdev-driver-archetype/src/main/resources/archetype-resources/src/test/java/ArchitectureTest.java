package ${package};

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.testkit.architecture.DriverRules;

class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> keepsTheRules() {
    return DriverRules.of(${className}Module.class);
  }
}
