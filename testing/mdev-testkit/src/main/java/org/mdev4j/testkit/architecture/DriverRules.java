package org.mdev4j.testkit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.lang.ref.Cleaner;
import java.lang.reflect.AccessibleObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.mdev4j.device.Bus;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.Publication;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioRegistration;

/**
 * What a driver may and may not do, as far as its classes show it. In the driver's own module:
 *
 * {@snippet :
 * class ArchitectureTest {
 *   @TestFactory
 *   Stream<DynamicTest> keepsTheRules() {
 *     return DriverRules.of(MyModule.class);
 *   }
 * }
 * }
 *
 * <p>The idea behind all of them: the core owns the state, a driver provides values and device
 * models. The one place of a driver that may look after several devices of its hardware is its
 * <em>bus-device package</em>, which is called {@code bus}.
 *
 * <p>Each rule can also be checked alone, on classes from {@link ImportedModule}. The classes of a
 * driver are those in and below the package of its {@link DriverModule}.
 */
public final class DriverRules {
  /** A module that is the driver, and a device model: with less it is no driver. */
  private static final int SMALLEST_DRIVER = 2;

  static final String BUS_DEVICES = "..bus";

  /** A driver stands on the exported packages of the cores and knows no other driver. */
  public static final ArchRule USE_ONLY_THE_API =
      classes()
          .should(Finding.nothing("use only the API", DriverSearches::strangers))
          .as("drivers use only the exported packages of the cores and of buses")
          .because(
              "what is internal changes without notice, and drivers that know each other cannot be"
                  + " loaded alone; instead use the packages that the module-info files of the"
                  + " cores export, the JDK and SLF4J, ask ModuleContext.service for what a"
                  + " required module offers, and move what two drivers share into their bus");

  /** No static field can ever change. */
  public static final ArchRule KEEP_NO_STATIC_STATE =
      classes()
          .should(DriverSearches.fields("keep no static state", DriverSearches::staticState))
          .as("static fields of drivers are final and immutable")
          .because(
              "a driver is loaded on several hosts of one JVM at once, and again after an unload;"
                  + " instead keep state of one mediated device in the device model that probe"
                  + " returns, and state of the hardware in its bus device; for constants use"
                  + " primitives, strings, enums, records, or List.of, Set.of, Map.of of these");

  /** The list of a parent's devices is the core's. */
  public static final ArchRule HOLD_NO_DEVICES =
      classes()
          .that()
          .resideOutsideOfPackage(BUS_DEVICES)
          .should(DriverSearches.fields("hold no devices", DriverSearches::severalDevices))
          .as("no class of a driver outside its bus package holds a collection of devices")
          .because(
              "the core owns the registry of UUIDs and the list of live devices, and a second list"
                  + " outlives the devices in it; instead use MdevParent.forEachLive, which lends"
                  + " each device under a reference, and a Published for the one that callbacks"
                  + " find");

  /** The instance counter is the core's. */
  public static final ArchRule COUNT_NOTHING =
      classes()
          .that()
          .resideOutsideOfPackage(BUS_DEVICES)
          .should(DriverSearches.fields("count nothing", DriverSearches::counter))
          .as("no class of a driver outside its bus package has an atomic, adder or semaphore")
          .because(
              "the core counts instances, users and references, and two counters disagree; instead"
                  + " declare an InstanceLimit (perType, perParent or pool, with MdevType.costing),"
                  + " and guard what a device model changes by the model's own lock");

  /** A module is loaded many times and a driver probes many devices; neither remembers any. */
  public static final ArchRule KEEP_NO_STATE_IN_MODULE_OR_DRIVER =
      classes()
          .that()
          .areAssignableTo(DriverModule.class)
          .or()
          .areAssignableTo(MdevDriver.class)
          .should(DriverSearches.allFields("keep no state", DriverSearches::stateOfSingleton))
          .as("a DriverModule has immutable fields only; an MdevDriver these and services")
          .because(
              "private memory belongs to the mediated device and goes with it; instead put it into"
                  + " the device model that probe returns, hand what must be closed to the Scope,"
                  + " and make in load, not in a field, what one load needs")
          .allowEmptyShould(true);

  /** The shared attributes are made in one place, for all drivers alike. */
  public static final ArchRule MAKE_NO_SHARED_ATTRIBUTES =
      classes()
          .should(
              Finding.nothing(
                  "make no shared attributes",
                  AttributeNames.ofEntries(CoreRules.SHARED_ATTRIBUTES)))
          .as("no driver makes create, name, description, device_api, ... itself")
          .because(
              "stock tools rely on what these show, so the core makes them for every driver;"
                  + " instead supply the values: MdevType.named and describedAs,"
                  + " MdevDriver.deviceApi, InstanceLimit; and give an attribute of your own"
                  + " another name");

  /** Registering, unregistering and counting references are the cores' business. */
  public static final ArchRule REGISTER_NOTHING_BY_HAND =
      classes()
          .should(
              Finding.nothing(
                  "register and count nothing by hand",
                  new ForbiddenCalls()
                      .to(Vfio.class)
                      .to(VfioRegistration.class)
                      .to(DeviceFile.class)
                      .to(Publication.class, "publish", "clear")
                      .to(Published.class, "publish", "clear")
                      .to(Mdev.class, "new", "vfioDevice")
                      .to(LoadedModule.class, "tryGet", "put")))
          .as("drivers never register, unregister, open or reference VFIO devices and modules")
          .because(
              "a callback must reach a registered device or nobody, which only the core can"
                  + " promise; instead return an MdevModel from probe, name its Published slots"
                  + " with publishedIn, and let callbacks use Published.tryGet in a"
                  + " try-with-resources");

  /** Drivers of hardware buses belong where the bus devices are. */
  public static final ArchRule BIND_ONLY_BUS_DEVICES =
      classes()
          .that()
          .resideOutsideOfPackage(BUS_DEVICES)
          .should(
              Finding.nothing(
                  "bind nothing",
                  new ForbiddenCalls()
                      .to(Bus.class, "registerDriver", "unregisterDriver", "attach", "detach")))
          .as("no class of a driver outside its bus package registers or binds on a bus")
          .because(
              "on bus mdev the core does it; instead call Mdev.registerDriver and registerParent,"
                  + " and register a driver of hardware in the bus package, undone by the module's"
                  + " Scope");

  /** What a driver acquires belongs to a scope that the core closes. */
  public static final ArchRule ACQUIRE_IN_GIVEN_SCOPES =
      classes()
          .that()
          .areAssignableTo(DriverModule.class)
          .or()
          .areAssignableTo(MdevDriver.class)
          .or()
          .resideInAPackage(BUS_DEVICES)
          .should(
              Finding.nothing(
                  "make no Scope", new ForbiddenCalls().to(Scope.class, "new", "close")))
          .as("drivers acquire in the Scope that they are given")
          .because(
              "the core closes the scope of a module, of a bound device and of a mediated device,"
                  + " also when something failed half way, and knows of no other; instead use the"
                  + " Scope that load or probe was given: own what is closed, onClose what is"
                  + " undone; a device model may have scopes of its own for what lives shorter than"
                  + " it does")
          .allowEmptyShould(true);

  /** Device code works on its own object. What a lambda in probe captures is not seen here. */
  public static final ArchRule KNOW_NO_MDEV_AFTER_PROBE =
      classes()
          .that()
          .areNotAssignableTo(MdevDriver.class)
          .should(Finding.nothing("know no mediated device", DriverSearches::mediatedDevices))
          .as("only a driver's probe knows the mediated device")
          .because(
              "the mediated device owns the device model and not the other way round, and one that"
                  + " the model refers to can't go; instead pass what the model needs of it, its"
                  + " type's values or its name, to the model's constructor");

  /** The hardware refers to the device that is current now by one published reference. */
  public static final ArchRule FIND_DEVICES_BY_PUBLISHED =
      classes()
          .that()
          .resideInAPackage(BUS_DEVICES)
          .should(
              DriverSearches.fields("hold no device directly", DriverSearches::unpublishedDevice))
          .as("a bus device finds the current device through Published")
          .because(
              "a callback that comes while the device goes would reach one that is gone; instead"
                  + " keep a Published, which probe names with MdevModel.publishedIn, and let the"
                  + " callback use tryGet in a try-with-resources, with an answer for nobody there")
          .allowEmptyShould(true);

  /** Threads and time are the host's. */
  public static final ArchRule START_NO_THREADS =
      classes()
          .should(
              Finding.nothing(
                  "start no threads",
                  new ForbiddenCalls()
                      .to(
                          Thread.class,
                          "new",
                          "start",
                          "startVirtualThread",
                          "ofVirtual",
                          "ofPlatform")
                      .to(Thread.class, "sleep")
                      .to(TimeUnit.class, "sleep", "timedWait", "timedJoin")
                      .to(Object.class, DriverSearches::isTimedWait)
                      .to(LockSupport.class, "parkNanos", "parkUntil")
                      .to(Condition.class, DriverSearches::isTimedWait)
                      .to(CountDownLatch.class, DriverSearches::isTimedWait)
                      .to(Cleaner.class, "create")
                      .to(System.class, "nanoTime", "currentTimeMillis")
                      .to(Instant.class, "now")
                      .to(Clock.class)
                      .to(Executors.class)
                      .to(ExecutorService.class, "new")
                      .to(ForkJoinPool.class)
                      .to(Timer.class)
                      .to(
                          CompletableFuture.class,
                          "orTimeout",
                          "completeOnTimeout",
                          "delayedExecutor")
                      .to(
                          CompletableFuture.class,
                          target ->
                              target.getName().endsWith("Async")
                                  && target.getRawParameterTypes().stream()
                                      .noneMatch(type -> type.isEquivalentTo(Executor.class)))
                      .to(BaseStream.class, "parallel")
                      .to(Collection.class, "parallelStream")
                      .to(Arrays.class, target -> target.getName().startsWith("parallel"))))
          .as("drivers start no threads and wait for no clock but the host's")
          .because(
              "unloading a module drains what the host lent it, and code of a thread that nobody"
                  + " knows would run on; instead submit to ModuleContext.workQueue, and use"
                  + " HostClock.now for the time and HostClock.schedule for what happens later");

  /** Drivers use paths, and nobody's private parts. */
  public static final ArchRule STAY_OUT_OF_INTERNALS =
      classes()
          .should(
              Finding.nothing(
                  "stay out of internals",
                  new ForbiddenCalls()
                      .to(File.class)
                      .to(AccessibleObject.class, "setAccessible", "trySetAccessible")))
          .as("drivers use no java.io.File and open nothing by reflection")
          .because(
              "the tree is a java.nio file system that File does not know, and what is opened by"
                  + " force is nobody's promise; instead use java.nio.file.Path, and ask for the"
                  + " API you miss");

  private DriverRules() {}

  /** All rules for drivers. */
  public static List<ArchRule> all() {
    return List.of(
        USE_ONLY_THE_API,
        KEEP_NO_STATIC_STATE,
        HOLD_NO_DEVICES,
        COUNT_NOTHING,
        KEEP_NO_STATE_IN_MODULE_OR_DRIVER,
        MAKE_NO_SHARED_ATTRIBUTES,
        REGISTER_NOTHING_BY_HAND,
        BIND_ONLY_BUS_DEVICES,
        ACQUIRE_IN_GIVEN_SCOPES,
        KNOW_NO_MDEV_AFTER_PROBE,
        FIND_DEVICES_BY_PUBLISHED,
        START_NO_THREADS,
        STAY_OUT_OF_INTERNALS);
  }

  /**
   * A test of each rule on everything in the folder or jar of {@code module}, without tests, and of
   * the module descriptor that is there.
   */
  public static Stream<DynamicTest> of(Class<? extends DriverModule> module) {
    return Stream.concat(
        tests(all(), ImportedModule.of(SMALLEST_DRIVER, module)), ModuleRules.ofDriver(module));
  }

  static Stream<DynamicTest> tests(List<ArchRule> rules, JavaClasses classes) {
    return rules.stream()
        .map(
            rule -> {
              String title = rule.getDescription().replaceFirst("(?s), because .*", "");
              return dynamicTest(title, () -> rule.check(classes));
            });
  }
}
