package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import org.junit.jupiter.api.Test;

class ModuleDescriptorTest {
  private final ModuleDescriptor descriptor = Device.class.getModule().getDescriptor();

  @Test
  void everythingButTheFileSystemsInsidesIsExportedToEverybody() {
    assertThat(descriptor.name()).isEqualTo("org.mdev4j.device");
    assertThat(descriptor.exports())
        .allSatisfy(export -> assertThat(export.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .contains(
            "org.mdev4j.device",
            "org.mdev4j.device.errno",
            "org.mdev4j.device.host",
            "org.mdev4j.device.lifetime",
            "org.mdev4j.device.sysfs");
    assertThat(descriptor.opens()).isEmpty();
  }

  @Test
  void itStandsOnNoOtherFloorAndFindsModules() {
    assertThat(descriptor.requires())
        .filteredOn(
            required -> !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.MANDATED))
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("org.slf4j", "org.jspecify");
    assertThat(descriptor.uses()).containsExactly("org.mdev4j.device.host.DriverModule");
    assertThat(descriptor.provides()).isEmpty();
  }
}
