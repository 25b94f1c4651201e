// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The module of the AP bus")
class ModuleTest {
  private final ModuleDescriptor descriptor = ApBus.class.getModule().getDescriptor();

  @Test
  @DisplayName("exports what drivers and hardware need, to everybody")
  void exports() {
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("org.mdev4j.ap", "org.mdev4j.ap.hardware");
  }

  @Test
  @DisplayName("stands on device-core alone, and finds the hardware by a service")
  void requires() {
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .filteredOn(name -> name.startsWith("org.mdev4j"))
        .containsExactly("org.mdev4j.device");
    assertThat(descriptor.uses()).isEqualTo(Set.of("org.mdev4j.ap.hardware.ApHardwareProvider"));
  }
}
