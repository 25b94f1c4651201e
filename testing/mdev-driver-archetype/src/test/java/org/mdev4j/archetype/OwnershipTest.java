package org.mdev4j.archetype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who owns what: for each row of the table in {@code docs/architecture.md} that an author can
 * break, the new driver is made to break it, and a test of it fails with a message that says what
 * to do instead.
 */
class OwnershipTest {
  private static final String LOAD_END = "List.of(MdevType.named(\"counter\", \"A counter\")));";

  @TempDir private Path work;

  @Test
  @DisplayName("registered parents are the core's: one that the given Scope does not know stays")
  void parents() throws Exception {
    breaks(
        withParentOutsideItsScope(),
        "drivers acquire in the Scope that they are given",
        "instead use the Scope that load or probe was given");
  }

  @Test
  @DisplayName("... and unloading the driver finds it still there")
  void parentsStay() throws Exception {
    breaks(
        withParentOutsideItsScope(),
        "1.4 required",
        "register parents in the Scope of the ModuleContext");
  }

  @Test
  @DisplayName("instances left are the core's: a driver that counts")
  void instances() throws Exception {
    breaks(
        driver()
            .importing("PulseDevice", "java.util.concurrent.atomic.AtomicInteger")
            .change(
                "PulseDevice",
                "private int count;",
                "private int count;\n  final AtomicInteger left = new AtomicInteger(2);"),
        "has an atomic, adder or semaphore",
        "instead declare an InstanceLimit");
  }

  @Test
  @DisplayName("the registry of UUIDs is the core's: a driver that keeps a list of devices")
  void registry() throws Exception {
    breaks(
        driver()
            .importing(
                "PulseDriver",
                "java.util.Map",
                "java.util.UUID",
                "java.util.concurrent.ConcurrentHashMap")
            .change(
                "PulseDriver",
                "MdevDriver {\n",
                "MdevDriver {\n"
                    + "  private final Map<UUID, PulseDevice> devices = new"
                    + " ConcurrentHashMap<>();\n\n")
            .change(
                "PulseDriver",
                "return MdevModel.of(new PulseDevice());",
                "devices.put(mdev.uuid(), new PulseDevice());\n"
                    + "    return MdevModel.of(devices.get(mdev.uuid()));"),
        "holds a collection of devices",
        "instead use MdevParent.forEachLive");
  }

  @Test
  @DisplayName("the shared attributes are the core's: a driver that makes one")
  void attributes() throws Exception {
    breaks(
        driver()
            .importing("PulseDriver", "org.mdev4j.device.sysfs.Attribute")
            .change(
                "PulseDriver",
                "MdevModel.of(new PulseDevice())",
                "MdevModel.of(new PulseDevice())\n"
                    + "        .withAttributes(\"vendor\","
                    + " Attribute.readOnly(\"available_instances\", () -> 2))"),
        "no driver makes create, name, description, device_api",
        "instead supply the values");
  }

  @Test
  @DisplayName("registration and references are VFIO's: a driver that registers by hand")
  void registration() throws Exception {
    breaks(
        atTheEndOfLoad(
                "    context.scope().own(context.service(Vfio.class).register(parent, new"
                    + " PulseDevice(), context.module(), List.of()));")
            .importing("PulseModule", "org.mdev4j.vfio.Vfio"),
        "drivers never register, unregister, open or reference VFIO devices",
        "instead return an MdevModel from probe");
  }

  @Test
  @DisplayName("... and opens are its users': a driver that opens its own device")
  void opens() throws Exception {
    breaks(
        atTheEndOfLoad(
                "    Vfio vfio = context.service(Vfio.class);\n"
                    + "    context.scope().onClose(() -> vfio.openDevice(\"pulse\","
                    + " \"me\").close());")
            .importing("PulseModule", "org.mdev4j.vfio.Vfio"),
        "drivers never register, unregister, open or reference VFIO devices",
        "instead return an MdevModel from probe");
  }

  @Test
  @DisplayName("private state is the mediated device's: a driver that keeps it in a static field")
  void privateState() throws Exception {
    breaks(
        driver().change("PulseDevice", "private int count;", "private static int count;"),
        "static fields of drivers are final and immutable",
        "instead keep state of one mediated device in the device model");
  }

  @Test
  @DisplayName("... and two hosts see each other's")
  void privateStateIsShared() throws Exception {
    breaks(
        driver().change("PulseDevice", "private int count;", "private static int count;"),
        "1.5 required",
        "keep state in the device model, not in static fields");
  }

  @Test
  @DisplayName("... nor is it the driver's: one that keeps the buffer of a device in a field")
  void privateStateInTheDriver() throws Exception {
    breaks(
        driver()
            .importing(
                "PulseDriver",
                "org.mdev4j.device.host.HostBuffer",
                "org.mdev4j.device.host.HostMemory")
            .change(
                "PulseDriver",
                "MdevDriver {\n",
                "MdevDriver {\n"
                    + "  private final HostBuffer buffer;\n\n"
                    + "  PulseDriver(HostMemory memory) {\n"
                    + "    buffer = memory.allocate(4096, 8);\n"
                    + "  }\n\n")
            .change("PulseModule", "new PulseDriver()", "new PulseDriver(context.memory())"),
        "an MdevDriver these and services",
        "put it into the device model that probe returns");
  }

  @Test
  @DisplayName("what is acquired is the Scope's: a probe that allocates and hands nothing over")
  void acquired() throws Exception {
    breaks(
        driver()
            .importing("PulseDriver", "org.mdev4j.device.host.HostMemory")
            .change(
                "PulseDriver",
                "MdevDriver {\n",
                "MdevDriver {\n"
                    + "  private final HostMemory memory;\n\n"
                    + "  PulseDriver(HostMemory memory) {\n"
                    + "    this.memory = memory;\n"
                    + "  }\n\n")
            .change("PulseModule", "new PulseDriver()", "new PulseDriver(context.memory())")
            .change(
                "PulseDriver",
                "return MdevModel",
                "memory.allocate(4096, 8);\n    return MdevModel"),
        "3.1 required",
        "hand a buffer to the Scope");
  }

  @Test
  @DisplayName(
      "the hardware finds the current device through Published: a bus device that holds it")
  void hardware() throws Exception {
    breaks(
        withWire("  VfioDevice current;\n"),
        "a bus device finds the current device through Published",
        "instead keep a Published");
  }

  @Test
  @DisplayName("... also one that hides it behind an interface, in a list")
  void hardwareListeners() throws Exception {
    breaks(
        withWire(
            "  interface Listener {}\n\n"
                + "  abstract static class Card implements VfioDevice, Listener {}\n\n"
                + "  final List<Listener> listeners = new ArrayList<>();\n"),
        "a bus device finds the current device through Published",
        "instead keep a Published");
  }

  @Test
  @DisplayName("time is the host's: a driver that waits by a clock of its own")
  void time() throws Exception {
    breaks(
        atTheEndOfLoad("    LockSupport.parkNanos(1);")
            .importing("PulseModule", "java.util.concurrent.locks.LockSupport"),
        "wait for no clock but the host's",
        "HostClock.schedule for what happens later");
  }

  @Test
  @DisplayName("threads are the host's: a driver that starts one")
  void threads() throws Exception {
    breaks(
        atTheEndOfLoad("    Thread.ofVirtual().start(() -> {});"),
        "drivers start no threads",
        "instead submit to ModuleContext.workQueue");
  }

  @Test
  @DisplayName("a module shows nothing: a driver that exports its packages")
  void exports() throws Exception {
    breaks(
        driver()
            .change(
                "module-info",
                "  provides ",
                "  exports " + GeneratedDriver.PACKAGE + ";\n\n  provides "),
        "a driver's module exports and opens nothing",
        "instead let others ask for a service");
  }

  private GeneratedDriver withParentOutsideItsScope() throws IOException {
    return driver()
        .importing("PulseModule", "org.mdev4j.device.lifetime.Scope")
        .change(
            "PulseModule",
            "        context.scope(),\n        parent,",
            "        new Scope(\"pulse\"),\n        parent,");
  }

  private GeneratedDriver atTheEndOfLoad(String statements) throws IOException {
    return driver().change("PulseModule", LOAD_END, LOAD_END + "\n" + statements);
  }

  /** With hardware below it, of which {@code members} says what it holds. */
  private GeneratedDriver withWire(String members) throws IOException {
    return driver()
        .with(
            "Wire",
            "package "
                + GeneratedDriver.PACKAGE
                + ".bus;\n\n"
                + "import java.util.ArrayList;\n"
                + "import java.util.List;\n"
                + "import org.mdev4j.vfio.model.VfioDevice;\n\n"
                + "/** The hardware below. */\n"
                + "final class Wire {\n"
                + members
                + "}\n");
  }

  private GeneratedDriver driver() throws IOException {
    return new GeneratedDriver(work);
  }

  private static void breaks(GeneratedDriver driver, String title, String message)
      throws Exception {
    Map<String, String> failures = driver.failures();
    assertThat(failures.entrySet())
        .as("tests that fail")
        .anySatisfy(
            failure -> {
              assertThat(failure.getKey()).contains(title);
              assertThat(failure.getValue()).contains(message);
            });
  }
}
