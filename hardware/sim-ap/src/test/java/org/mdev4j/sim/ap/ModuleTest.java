package org.mdev4j.sim.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The module descriptor. */
class ModuleTest {
  private final ModuleDescriptor descriptor = ApPanel.class.getModule().getDescriptor();

  @Test
  void itExportsOnePackage() {
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("org.mdev4j.sim.ap");
  }

  @Test
  void itOpensTheConfigurationToItsReaderOnly() {
    assertThat(descriptor.opens())
        .allSatisfy(
            opens -> assertThat(opens.targets()).containsExactly("com.fasterxml.jackson.databind"))
        .extracting(ModuleDescriptor.Opens::source)
        .containsExactly("org.mdev4j.sim.ap.config");
  }

  @Test
  void itStandsOnTheBusItProvidesHardwareFor() {
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .filteredOn(name -> name.startsWith("org.mdev4j"))
        .containsExactly("org.mdev4j.ap");
  }

  @Test
  void isFoundOnAClassPathToo() throws Exception {
    String service = "META-INF/services/org.mdev4j.ap.hardware.ApHardwareProvider";
    assertThat(Files.readString(Path.of("src/main/resources").resolve(service)).strip())
        .isEqualTo("org.mdev4j.sim.ap.panel.SimulatedApProvider");
  }
}
