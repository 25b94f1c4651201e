package org.mdev4j.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.testkit.architecture.fixtures.good.GoodModule;
import org.mdev4j.vfio.Vfio;

class ModuleRulesTest {
  @Test
  void knowWhatAModuleStandsOn() throws Throwable {
    run(ModuleRules.requires(Vfio.class, "org.mdev4j.device", "org.slf4j", "org.jspecify"));
    assertFails(
        ModuleRules.requires(Mdev.class, "org.mdev4j.device", "org.slf4j", "org.jspecify"),
        "each floor stands on lower ones only",
        "org.mdev4j.vfio");
  }

  @Test
  void knowWhatAModuleShows() throws Throwable {
    run(ModuleRules.exports(Mdev.class, "org.mdev4j.mdev"));
    assertFails(
        ModuleRules.exports(Vfio.class, "org.mdev4j.vfio"),
        "what a driver author needs is promised",
        "org.mdev4j.vfio.dma");
  }

  /** The core of mediated devices is loaded as a driver is, but shows what a driver must not. */
  @Test
  void wantADriverToKeepToItself() throws Throwable {
    List<DynamicTest> tests = ModuleRules.ofDriver(MdevModule.class).toList();
    run(tests.get(0));
    assertFails(tests.get(1), "no driver knows another", "instead let others ask for a service");
    run(tests.get(2));
  }

  @Test
  void wantADescriptor() {
    assertThatThrownBy(() -> ModuleRules.descriptorOf(GoodModule.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a driver is a module, so give it a module-info.java");
    assertThat(ModuleRules.ofDriver(GoodModule.class))
        .allSatisfy(test -> assertFails(test, "no module descriptor in"));
  }

  private static void run(DynamicTest test) throws Throwable {
    test.getExecutable().execute();
  }

  private static void assertFails(DynamicTest test, String... words) {
    assertThatThrownBy(() -> run(test))
        .isInstanceOf(AssertionError.class)
        .satisfies(failure -> assertThat(failure.getMessage()).contains(words));
  }
}
