package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("architecture, concurrency: a callback that blocks delays nobody but its own device")
class IndependenceTest {
  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 5);
  private final ToyParent other = toys.parent("q", 5);
  private final UUID stuck = toys.uuid();

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName(
      "a probe that blocks delays no create, remove, bind or read, on its parent or another")
  void blockedProbe() {
    Turnstile probing = blockProbe();
    Background<UUID> creator = Background.call(() -> parent.create("1", stuck));
    probing.awaitArrival();
    everythingElse();
    assertThat(creator.isDone()).isFalse();
    probing.open();
    creator.join();
  }

  @Test
  @DisplayName("a probe that blocks delays no registration or unregistration of another parent")
  void blockedProbeAndParents() {
    Turnstile probing = blockProbe();
    Background<UUID> creator = Background.call(() -> parent.create("1", stuck));
    probing.awaitArrival();
    Background.run(
            () -> {
              other.create("1");
              other.unregister();
              other.register();
              other.create("1");
            })
        .join();
    assertThat(creator.isDone()).isFalse();
    probing.open();
    creator.join();
  }

  @Test
  @DisplayName("a remove that waits for a user delays nobody either")
  void blockedRemove() {
    parent.create("1", stuck);
    DeviceFile file = toys.open(stuck);
    ToyModel model = toys.model(stuck);
    Background<Void> remover = Background.run(() -> parent.remove(stuck));
    model.awaitRequest();
    everythingElse();
    assertThat(remover.isDone()).isFalse();
    file.close();
    remover.join();
  }

  @Test
  @DisplayName("a driver's clean-up that blocks delays nobody either")
  void blockedCleanUp() {
    Turnstile closing = toys.turnstile();
    toys.driver.probe =
        (mdev, scope) -> {
          if (mdev.uuid().equals(stuck)) {
            scope.onClose(closing::pass);
          }
          return ToyDriver.model(mdev);
        };
    parent.create("1", stuck);
    Background<Void> remover = Background.run(() -> parent.remove(stuck));
    closing.awaitArrival();
    everythingElse();
    assertThat(remover.isDone()).isFalse();
    closing.open();
    remover.join();
  }

  @Test
  @DisplayName(
      "a store or show of a vendor's attribute that blocks delays nobody but its device's removal")
  void blockedAttribute() {
    Turnstile showing = toys.turnstile();
    toys.driver.probe =
        (mdev, scope) ->
            ToyDriver.model(mdev)
                .withAttributes(
                    "vendor",
                    Attribute.readOnly(
                        "slow",
                        () -> {
                          showing.pass();
                          return "done";
                        }));
    parent.create("1", stuck);
    Background<String> reader =
        Background.call(() -> toys.read(parent.mdev(stuck) + "/vendor/slow"));
    showing.awaitArrival();
    everythingElse();
    Background<Void> remover =
        Background.run(() -> parent.remove(stuck)).awaitStandingIn(Gate.class, "closeAndDrain");
    everythingElse();
    showing.open();
    assertThat(reader.join()).isEqualTo("done\n");
    remover.join();
  }

  private Turnstile blockProbe() {
    Turnstile probing = toys.turnstile();
    toys.driver.probe =
        (mdev, scope) -> {
          if (mdev.uuid().equals(stuck)) {
            probing.pass();
          }
          return ToyDriver.model(mdev);
        };
    return probing;
  }

  /**
   * Does what others may want to do meanwhile; in a thread of its own, so that a test would fail.
   */
  private void everythingElse() {
    Background.run(
            () -> {
              for (ToyParent any : List.of(parent, other)) {
                UUID uuid = any.create("1");
                any.create("2");
                toys.open(uuid).close();
                toys.write("/sys/bus/mdev/drivers/toy/unbind", uuid.toString());
                toys.write("/sys/bus/mdev/drivers/toy/bind", uuid.toString());
                any.remove(uuid);
                assertThat(any.available("1")).isBetween(4L, 5L);
                any.core().forEachLive(ToyModel.class, model -> {});
              }
              toys.tree();
            })
        .join();
  }
}
