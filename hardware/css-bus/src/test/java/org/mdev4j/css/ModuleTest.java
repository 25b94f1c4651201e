// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The module of the css bus")
class ModuleTest {
  private final ModuleDescriptor descriptor = Subchannel.class.getModule().getDescriptor();

  @Test
  @DisplayName("exports what drivers and hardware need, to everybody")
  void exports() {
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder(
            "org.mdev4j.css", "org.mdev4j.css.hardware", "org.mdev4j.css.layout");
    assertThat(descriptor.opens()).isEmpty();
  }

  @Test
  @DisplayName("stands on device-core alone, and finds the hardware by a service")
  void requires() {
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .filteredOn(name -> name.startsWith("org.mdev4j"))
        .containsExactly("org.mdev4j.device");
    assertThat(descriptor.provides())
        .extracting(ModuleDescriptor.Provides::service)
        .containsExactly("org.mdev4j.device.host.DriverModule");
    assertThat(descriptor.uses())
        .isEqualTo(Set.of("org.mdev4j.css.hardware.ChannelHardwareProvider"));
  }

  @Test
  @DisplayName("shows drivers fewer than twenty types")
  void isSmall() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/org/mdev4j/css"))) {
      assertThat(files.filter(Files::isRegularFile).count()).isBetween(10L, 20L);
    }
  }
}
