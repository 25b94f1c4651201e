// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

@DisplayName("What would wait for itself gets EDEADLK, and nothing has changed")
@Timeout(60)
class SelfRemovalTest {
  private final TestBus sys = new TestBus();
  private final Bus bus = sys.bus("toy");
  private final AtomicReference<Device> self = new AtomicReference<>();
  private final List<Errno> refusals = new ArrayList<>();

  /** Does {@code action} where a failure could only be logged, and keeps its errno. */
  private void trying(Runnable action) {
    try {
      action.run();
    } catch (ErrnoException refusal) {
      refusals.add(refusal.errno());
    }
  }

  private Device add(AttributeGroup... groups) {
    DeviceSpec spec = DeviceSpec.named("d").on(bus);
    for (AttributeGroup group : groups) {
      spec = spec.with(group);
    }
    self.set(sys.core.add(spec));
    return self.get();
  }

  private static AttributeGroup file(String name, Runnable store) {
    return AttributeGroup.of("", Attribute.writeOnly(name, text -> store.run()));
  }

  @Test
  @DisplayName("a store that removes its own device")
  void storeRemovesItsDevice() {
    Device device = add(file("suicide", () -> sys.core.remove(self.get())));

    assertRefused(Errno.EDEADLK, () -> sys.write("/sys/devices/d/suicide", "1"))
        .hasMessage(
            "the store of SysfsAttribute[/sys/devices/d/suicide] waits for the removal of d, which"
                + " waits for the store of SysfsAttribute[/sys/devices/d/suicide] to end");

    assertThat(bus.device("d")).isSameAs(device);
    assertThat(sys.exists("/sys/bus/toy/devices/d")).isTrue();
    sys.core.remove(device);
    assertThat(sys.exists("/sys/devices/d")).isFalse();
  }

  @Test
  @DisplayName("a store that removes the directory of its attribute")
  void storeRemovesItsDirectory() {
    add(file("suicide", () -> self.get().directory().parent().remove("d")));

    assertRefused(Errno.EDEADLK, () -> sys.write("/sys/devices/d/suicide", "1"));

    assertThat(sys.exists("/sys/devices/d/suicide")).isTrue();
  }

  @Test
  @DisplayName("a store that removes another device")
  void storeRemovesAnotherDevice() {
    Device other = sys.core.add(DeviceSpec.named("other").on(bus));
    add(file("kill", () -> sys.core.remove(other)));

    sys.write("/sys/devices/d/kill", "1");

    assertThat(sys.exists("/sys/devices/other")).isFalse();
  }

  @Test
  @DisplayName("a probe that removes its own device")
  void probeRemovesItsDevice() {
    Driver driver =
        TestBus.driver(
            "toy",
            (device, scope) -> {
              sys.core.remove(device);
              return List.of();
            },
            device -> {});
    Bus never = sys.bus("never", (device, of) -> false, device -> List.of());
    RegisteredDriver registered = never.registerDriver(driver, null);
    Device device = sys.core.add(DeviceSpec.named("d").on(never));

    assertRefused(Errno.EDEADLK, () -> never.attach(device, registered))
        .hasMessageContaining("the probe of toy d waits for the removal of d");

    assertThat(device.driver()).isNull();
    assertThat(sys.exists("/sys/bus/never/devices/d")).isTrue();
    sys.core.remove(device);
  }

  @Test
  @DisplayName("a probe that unregisters its driver")
  void probeUnregistersItsDriver() {
    AtomicReference<RegisteredDriver> driver = new AtomicReference<>();
    Bus never = sys.bus("never", (device, of) -> false, device -> List.of());
    driver.set(
        never.registerDriver(
            TestBus.driver(
                "toy",
                (device, scope) -> {
                  driver.get().close();
                  return List.of();
                },
                device -> {}),
            null));
    Device device = sys.core.add(DeviceSpec.named("d").on(never));

    assertRefused(Errno.EDEADLK, () -> never.attach(device, driver.get()));

    assertThat(never.driver("toy")).isSameAs(driver.get());
    assertThat(sys.exists("/sys/bus/never/drivers/toy/bind")).isTrue();
    driver.get().close();
    assertThat(never.driver("toy")).isNull();
  }

  @Test
  @DisplayName("a driver's remove that lets go of its device once more, or removes it")
  void removeUnbindsItsDevice() {
    AtomicReference<RegisteredDriver> driver = new AtomicReference<>();
    driver.set(
        bus.registerDriver(
            TestBus.driver(
                "toy",
                (device, scope) -> List.of(),
                device -> {
                  trying(() -> bus.detach(device, driver.get()));
                  trying(() -> sys.core.remove(device));
                  trying(() -> driver.get().close());
                }),
            null));
    Device device = add();

    assertThat(bus.detach(device, driver.get())).isTrue();

    assertThat(refusals).containsExactly(Errno.EDEADLK, Errno.EDEADLK, Errno.EDEADLK);
    assertThat(device.driver()).isNull();
    assertThat(bus.device("d")).isSameAs(device);
  }

  @Test
  @DisplayName("a store of a driver's attribute that unbinds the driver")
  void storeUnbindsItsDriver() {
    bus.registerDriver(
        TestBus.driver(
            "toy",
            (device, scope) ->
                List.of(
                    file("let_go", () -> sys.write("/sys/bus/toy/drivers/toy/unbind", "d")),
                    AttributeGroup.of(
                        "group",
                        Attribute.writeOnly(
                            "let_go", text -> sys.write("/sys/bus/toy/drivers/toy/unbind", "d")))),
            device -> {}),
        null);
    Device device = add(file("unbind", () -> sys.write("/sys/bus/toy/drivers/toy/unbind", "d")));

    assertRefused(Errno.EDEADLK, () -> sys.write("/sys/devices/d/let_go", "1"));
    assertRefused(Errno.EDEADLK, () -> sys.write("/sys/devices/d/group/let_go", "1"));

    assertThat(device.driver()).isNotNull();
    sys.write("/sys/devices/d/unbind", "1");
    assertThat(device.driver()).as("what the device itself has may do so").isNull();
  }
}
