package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import org.junit.jupiter.api.Test;

class ModuleTest {
  @Test
  void onlyTheFrontIsExported() {
    ModuleDescriptor descriptor = Replayer.class.getModule().getDescriptor();

    assertThat(descriptor).as("tests run on the module path").isNotNull();
    assertThat(descriptor.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("org.mdev4j.replay");
  }
}
