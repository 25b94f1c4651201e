package org.mdev4j.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.testkit.architecture.Fixtures.report;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.testkit.architecture.fixtures.good.GoodModule;
import org.mdev4j.vfio.Vfio;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class DriverRulesTest {
  @TestFactory
  Stream<DynamicTest> letsAGoodDriverPass() {
    return DriverRules.tests(DriverRules.all(), Fixtures.in("good"));
  }

  @Test
  void hasEveryRuleInAll() {
    assertThat(Arrays.stream(DriverRules.class.getFields()).map(Field::getName))
        .hasSameSizeAs(DriverRules.all());
  }

  @Test
  void keepsDriversApart() {
    report(DriverRules.USE_ONLY_THE_API, "api", 4)
        .says("good.bus.Adapter", "org.assertj", "move what two drivers share into")
        .doesNotContain("own.Own");
  }

  @Test
  void findsStaticState() {
    report(DriverRules.KEEP_NO_STATIC_STATE, "statics", 15)
        .says(
            "notFinal> is not final",
            "ARRAY> is an array",
            "ATOMIC> is of type java.util.concurrent.atomic.AtomicInteger",
            "CONCRETE> is of type java.util.ArrayList, which can change",
            "CONSTRUCTED> does not get its List straight from List.of",
            "WRITABLE> does not get its List",
            "FILLED> does not get its Map",
            "EITHER> does not get its List",
            "OF_ARRAYS> has an element that is an array",
            "OF_LISTS> has an element that is of type java.util.List",
            "LAMBDA> is of type java.util.function.Supplier",
            "SCOPE> is of type org.mdev4j.device.lifetime.Scope, whose field",
            "Holder, whose field words does not get its List",
            "Sometimes, whose field words does not get its List",
            "Mutable, whose field count is not final",
            "instead keep state of one mediated device in the device model");
  }

  @Test
  void findsCollectionsOfDevices() {
    report(DriverRules.HOLD_NO_DEVICES, "devices", 6)
        .says("byUuid", "byName", "models", "array", "entries", "hidden")
        .contains("instead use MdevParent.forEachLive")
        .doesNotContain("fine");
  }

  @Test
  void findsCounters() {
    report(DriverRules.COUNT_NOTHING, "counters", 4)
        .says("AtomicInteger", "LongAdder", "Semaphore", "NumberPool")
        .contains("declare an InstanceLimit");
  }

  @Test
  void findsStateOfModulesAndDrivers() {
    report(DriverRules.KEEP_NO_STATE_IN_MODULE_OR_DRIVER, "state", 6)
        .says("StateModule.loaded> is not final", "StateModule.last>", "probed>", "count>")
        .contains("Base.devices> is not final", "Driver.buffer> is of type")
        .contains("the device model that probe returns")
        .doesNotContain("fine>");
  }

  @Test
  void findsSharedAttributes() {
    report(DriverRules.MAKE_NO_SHARED_ATTRIBUTES, "attributes", 7)
        .says(
            "'create'",
            "'available_instances'",
            "'device_api'",
            "'description'",
            "'name'",
            "'devices'",
            "'mdev_type'")
        .contains("instead supply the values")
        .doesNotContain("fine");
  }

  @Test
  void findsRegistrationByHand() {
    report(DriverRules.REGISTER_NOTHING_BY_HAND, "registering", 6)
        .says(
            "Vfio.openDevice",
            "Vfio.register",
            "VfioRegistration.close",
            "LoadedModule.tryGet",
            "LoadedModule.put")
        .contains("Mdev.vfioDevice", "instead return an MdevModel");
  }

  @Test
  void findsBindingByHand() {
    report(DriverRules.BIND_ONLY_BUS_DEVICES, "registering", 2)
        .says("Bus.registerDriver", "Bus.unregisterDriver", "instead call Mdev.registerDriver");
  }

  @Test
  void findsScopesOfOnesOwn() {
    report(DriverRules.ACQUIRE_IN_GIVEN_SCOPES, "scopes", 2)
        .says("Scope.<init>", "Scope.close", "instead use the Scope that load or probe was given")
        .doesNotContain("Fine");
  }

  @Test
  void findsModelsThatReferBack() {
    report(DriverRules.KNOW_NO_MDEV_AFTER_PROBE, "backwards", 1)
        .says("Backwards.mdev", "instead pass what the model needs of it");
  }

  @Test
  void findsDevicesThatHardwareHolds() {
    report(DriverRules.FIND_DEVICES_BY_PUBLISHED, "published", 7)
        .says("Wires.direct> refers to a VfioDevice", "Wires.wrapped>", "Wires.model> refers to a")
        .contains("Wires.list>", "Wires.map> refers to a Card", "Wires.supplier>")
        .contains("Wires.listener> refers to a Listener", "instead keep a Published")
        .doesNotContain("fine");
  }

  @Test
  void findsThreads() {
    report(DriverRules.START_NO_THREADS, "threads", 19)
        .says(
            "Thread.<init>",
            "Thread.start(",
            "Thread.ofVirtual",
            "Thread.startVirtualThread",
            "Thread.sleep",
            "Executors.newCachedThreadPool",
            "ForkJoinPool.commonPool",
            "Timer.<init>",
            "CompletableFuture.runAsync",
            "parallelStream",
            "Worker.<init>",
            "TimeUnit.sleep",
            "Object.wait(long)",
            "LockSupport.parkNanos",
            "Condition.await(long",
            "CountDownLatch.await(long",
            "System.nanoTime",
            "Instant.now",
            "HostClock.now",
            "ModuleContext.workQueue");
  }

  @Test
  void findsInternals() {
    report(DriverRules.STAY_OUT_OF_INTERNALS, "internals", 3)
        .says("File.<init>", "File.exists", "setAccessible", "instead use java.nio.file.Path");
  }

  @Test
  void refusesToCheckNothing() {
    assertThatThrownBy(() -> ImportedModule.of(1000, MdevModule.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("(?s)imported only \\d+ classes from .*, at least 1000 .*");
  }

  @Test
  void refusesToCheckTests() {
    assertThatThrownBy(() -> DriverRules.of(GoodModule.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("imported only 0 classes from");
  }

  @ParameterizedTest
  @ValueSource(strings = {"VfioDevice", "VfioRegistration", "DeviceFile", "Lease"})
  void knowsTypesByTheirRealNames(String simpleName) {
    assertThat(ImportedModule.of(10, Vfio.class)).anyMatch(Core.type(Vfio.class, simpleName));
  }

  @ParameterizedTest
  @CsvSource({"org.mdev4j.mdev, true", "org.mdev4j.vfio, true", "org.mdev4j.device.nio, false"})
  void knowsWhatIsExported(String name, boolean exported) {
    assertThat(Core.exportsPackage(name)).isEqualTo(exported);
  }

  @Test
  void importsJarsToo() {
    assertThat(ImportedModule.of(10, Logger.class).contain(LoggerFactory.class)).isTrue();
  }

  @Test
  void titlesTestsByTheRuleAlone() {
    assertThat(DriverRules.of(MdevModule.class).map(DynamicTest::getDisplayName))
        .contains("static fields of drivers are final and immutable");
  }
}
