// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.VfioDevice;

@DisplayName("A driver that would wait for itself gets EDEADLK, and nothing has changed")
@Timeout(120)
class SelfWaitTest {
  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 3);
  private final AtomicReference<ErrnoException> inner = new AtomicReference<>();

  @AfterEach
  void close() {
    toys.driver.probe = (mdev, scope) -> ToyDriver.model(mdev);
    toys.close();
  }

  private static ErrnoException refusal(ThrowingCallable call) {
    ErrnoException refusal = catchThrowableOfType(ErrnoException.class, call);
    assertThat(refusal).isNotNull();
    assertThat(refusal.errno()).isEqualTo(Errno.EDEADLK);
    return refusal;
  }

  /** Keeps the refusal and goes on, as a driver whose callback cannot fail. */
  private void trying(Runnable action) {
    try {
      action.run();
    } catch (ErrnoException refusal) {
      inner.set(refusal);
    }
  }

  private void assertWhole(UUID uuid) {
    assertThat(toys.exists(parent.mdev(uuid) + "/remove")).isTrue();
    assertThat(toys.mdev().vfioDevice(uuid)).isNotNull();
    toys.open(uuid).close();
  }

  @Test
  @DisplayName("a store of a vendor attribute that removes its own device")
  void storeRemovesItsDevice() {
    toys.driver.probe =
        (mdev, scope) ->
            new MdevModel(
                new ToyModel(mdev.name()),
                List.of(
                    AttributeGroup.of(
                        "", Attribute.writeOnly("suicide", text -> parent.remove(mdev.uuid())))),
                List.of());
    UUID uuid = parent.create("1");

    assertThat(refusal(() -> toys.write(parent.mdev(uuid) + "/suicide", "1")))
        .hasMessageContaining("/suicide] waits for the removal of " + uuid);

    assertWhole(uuid);
    parent.remove(uuid);
    assertThat(toys.exists(parent.mdev(uuid))).isFalse();
    assertThat(parent.available("1")).isEqualTo(3);
  }

  @Test
  @DisplayName("an open and a close that remove their own device")
  void openRemovesItsDevice() {
    toys.driver.probe =
        (mdev, scope) -> MdevModel.of(new Removing(() -> parent.remove(mdev.uuid()), false));
    UUID uuid = parent.create("1");
    assertThat(refusal(() -> toys.open(uuid)))
        .hasMessageContaining("the open of VFIO device " + uuid + " waits for the removal of");
    assertThat(toys.exists(parent.mdev(uuid) + "/remove")).isTrue();
    parent.remove(uuid);

    toys.driver.probe =
        (mdev, scope) ->
            MdevModel.of(new Removing(() -> trying(() -> parent.remove(mdev.uuid())), true));
    UUID second = parent.create("1");
    DeviceFile file = toys.open(second);
    file.close();
    assertThat(inner.get().errno()).isEqualTo(Errno.EDEADLK);
    parent.remove(second);
    assertThat(toys.exists(parent.mdev(second))).isFalse();
  }

  @Test
  @DisplayName("an open that unbinds its own device")
  void openUnbindsItsDevice() {
    toys.driver.probe =
        (mdev, scope) ->
            MdevModel.of(
                new Removing(
                    () -> toys.write("/sys/bus/mdev/drivers/toy/unbind", mdev.name()), false));
    UUID uuid = parent.create("1");

    var _ = refusal(() -> toys.open(uuid));

    assertThat(toys.link(parent.mdev(uuid) + "/driver")).endsWith("/toy");
  }

  @Test
  @DisplayName("a probe that unloads its own module, unregisters its parent, or closes the host")
  void probeUnloadsItsModule() {
    List<String> before = toys.tree();

    toys.driver.probe =
        (mdev, scope) -> {
          toys.host.modules().rmmod("toy");
          return ToyDriver.model(mdev);
        };
    assertThat(refusal(() -> parent.create("1")))
        .hasMessageContaining("waits for the unload of module toy, which waits for");
    toys.driver.probe =
        (mdev, scope) -> {
          parent.unregister();
          return ToyDriver.model(mdev);
        };
    assertThat(refusal(() -> parent.create("1"))).hasMessageContaining("parent p");
    toys.driver.probe =
        (mdev, scope) -> {
          toys.host.close();
          return ToyDriver.model(mdev);
        };
    assertThat(refusal(() -> parent.create("1"))).hasMessageContaining("the close of Host");

    assertThat(toys.tree()).isEqualTo(before);
    assertThat(parent.available("1")).isEqualTo(3);
    toys.driver.probe = (mdev, scope) -> ToyDriver.model(mdev);
    assertWhole(parent.create("1"));
  }

  @Test
  @DisplayName("what is given back during a removal and unloads the module, or removes again")
  void removalUnloadsItsModule() {
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(() -> trying(() -> toys.host.modules().rmmod("toy")));
          return ToyDriver.model(mdev);
        };
    UUID uuid = parent.create("1");

    parent.remove(uuid);

    assertThat(inner.get().errno()).isEqualTo(Errno.EDEADLK);
    assertThat(inner.get()).hasMessageContaining("the unload of module toy");
    assertThat(toys.exists(parent.mdev(uuid))).isFalse();
    assertThat(toys.host.modules().loaded("toy")).isNotNull();
  }

  @Test
  @DisplayName("the close of a host tells whose device it waits for")
  void aCloseTellsWhomItWaitsFor() {
    UUID uuid = parent.create("1");
    DeviceFile file = toys.open(uuid);

    Background<Void> close = Background.run(toys.host::close);

    await()
        .atMost(Background.LIMIT)
        .until(
            () ->
                toys.read("/sys/kernel/debug/modules/progress")
                    .contains("waits for device " + uuid + " to be let go by: guest"));
    assertThat(toys.read("/sys/kernel/debug/modules/progress"))
        .startsWith("the unload of module toy, begun at 1970-01-01T00:00:00Z, since 1970-01-01");
    file.close();
    close.join();
  }

  /** A model that does something when it is opened, or when it is closed. */
  private record Removing(Runnable action, boolean atClose) implements VfioDevice {
    @Override
    public DeviceApi api() {
      return DeviceApi.PCI;
    }

    @Override
    public void open(DeviceContext context) {
      if (!atClose) {
        action.run();
      }
    }

    @Override
    public void close() {
      if (atClose) {
        action.run();
      }
    }
  }
}
