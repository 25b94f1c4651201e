package org.mdev4j.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.device.DriverCore;
import org.mdev4j.testkit.architecture.CoreRules;

/** The module descriptor, and the floors. */
class ModuleTest {
  private static final int LEAST_CLASSES = 30;

  private final ModuleDescriptor descriptor = SysfsMount.class.getModule().getDescriptor();

  @Test
  void itExportsOnePackageAndStandsOnFloorOneAlone() {
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("org.mdev4j.fuse");
    assertThat(descriptor.opens()).isEmpty();
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .filteredOn(name -> name.startsWith("org.mdev4j"))
        .containsExactly("org.mdev4j.device");
  }

  @TestFactory
  Stream<DynamicTest> keepsTheRules() {
    return CoreRules.of(LEAST_CLASSES, DriverCore.class, SysfsMount.class);
  }
}
