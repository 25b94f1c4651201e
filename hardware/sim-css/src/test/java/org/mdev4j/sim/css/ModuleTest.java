// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.css;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The module of the simulated channel subsystem")
class ModuleTest {
  private final ModuleDescriptor descriptor = CssPanel.class.getModule().getDescriptor();

  @Test
  @DisplayName("exports the panel and the machines, to everybody")
  void exports() {
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("org.mdev4j.sim.css");
    assertThat(descriptor.opens()).isEmpty();
  }

  @Test
  @DisplayName("stands on the bus that it provides hardware for")
  void requires() {
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .filteredOn(name -> name.startsWith("org.mdev4j"))
        .containsExactly("org.mdev4j.css");
    assertThat(descriptor.provides())
        .extracting(ModuleDescriptor.Provides::service)
        .containsExactly("org.mdev4j.css.hardware.ChannelHardwareProvider");
  }

  @Test
  @DisplayName("has few public types")
  void isSmall() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/org/mdev4j/sim/css"))) {
      assertThat(files.filter(Files::isRegularFile).count()).isBetween(4L, 10L);
    }
  }

  @Test
  void isFoundOnAClassPathToo() throws Exception {
    String service = "META-INF/services/org.mdev4j.css.hardware.ChannelHardwareProvider";
    assertThat(Files.readString(Path.of("src/main/resources").resolve(service)).strip())
        .isEqualTo("org.mdev4j.sim.css.machine.SimulatedCssProvider");
  }
}
