package org.mdev4j.sim.css;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The module descriptor, and the size of what driver authors see. */
class ModuleTest {
  private final ModuleDescriptor descriptor = Subchannel.class.getModule().getDescriptor();

  @Test
  void itExportsWhatDriversSeeAndHowBytesLie() {
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("org.mdev4j.sim.css", "org.mdev4j.sim.css.layout");
    assertThat(descriptor.opens()).isEmpty();
  }

  @Test
  void itStandsOnFloorOneAlone() {
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .filteredOn(name -> name.startsWith("org.mdev4j"))
        .containsExactly("org.mdev4j.device");
    assertThat(descriptor.provides())
        .extracting(ModuleDescriptor.Provides::service)
        .containsExactly("org.mdev4j.device.host.DriverModule");
  }

  @Test
  void itHasFewerThanTwentyPublicTypes() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/org/mdev4j/sim/css"))) {
      assertThat(files.filter(Files::isRegularFile).count()).isBetween(10L, 20L);
    }
  }
}
