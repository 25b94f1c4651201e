package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("architecture, who owns what: a parent's live devices, each shown under a reference")
class ForEachLiveTest {
  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 1000);

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("in the order of creation, of all types, and of this parent only")
  void showsInOrder() {
    ToyParent other = toys.parent("q", 5);
    List<String> created = new ArrayList<>();
    for (int i = 9; i >= 0; i--) {
      created.add(parent.create(i % 2 == 0 ? "1" : "2", new UUID(i, i)).toString());
    }
    other.create("1");
    assertThat(live()).isEqualTo(created);
    parent.remove(new UUID(5, 5));
    created.remove(new UUID(5, 5).toString());
    assertThat(live()).isEqualTo(created);
  }

  @Test
  @DisplayName("one that is being created or was unbound is not shown; one bound again is")
  void showsTheBound() {
    Turnstile probing = toys.turnstile();
    UUID first = parent.create("1");
    toys.driver.probe =
        (mdev, scope) -> {
          probing.pass();
          return ToyDriver.model(mdev);
        };
    Background<UUID> creator = Background.call(() -> parent.create("1"));
    probing.awaitArrival();
    assertThat(live()).containsExactly(first.toString());
    probing.open();
    UUID second = creator.join();
    toys.write("/sys/bus/mdev/drivers/toy/unbind", first.toString());
    assertThat(live()).containsExactly(second.toString());
    toys.write("/sys/bus/mdev/drivers/toy/bind", first.toString());
    assertThat(live()).containsExactly(first.toString(), second.toString());
    parent.unregister();
    assertThat(live()).isEmpty();
  }

  @Test
  @DisplayName(
      "vfio 1.4: one whose removal waits for its user is still registered, and still shown")
  void showsTheDraining() {
    UUID uuid = parent.create("1");
    DeviceFile file = toys.open(uuid);
    ToyModel model = toys.model(uuid);
    Background<Void> remover = Background.run(() -> parent.remove(uuid));
    model.awaitRequest();
    assertThat(live()).containsExactly(uuid.toString());
    assertThat(toys.mdev().vfioDevice(uuid)).isNotNull();
    file.close();
    remover.join();
    assertThat(live()).isEmpty();
    assertThat(toys.mdev().vfioDevice(uuid)).isNull();
  }

  @Test
  @DisplayName("none is unregistered while it is looked at")
  void keepsWhatIsLookedAt() {
    Turnstile looking = toys.turnstile();
    UUID uuid = parent.create("1");
    ToyModel model = toys.model(uuid);
    Background<Void> looker =
        Background.run(() -> parent.core().forEachLive(ToyModel.class, seen -> looking.pass()));
    looking.awaitArrival();
    Background<Void> remover = Background.run(() -> parent.remove(uuid));
    model.awaitRequest();
    assertThat(toys.vfio().device(uuid.toString())).isNotNull();
    assertThat(remover.isDone()).isFalse();
    looking.open();
    looker.join();
    remover.join();
  }

  @Test
  @DisplayName("an action that throws puts its reference back")
  void putsBack() {
    UUID uuid = parent.create("1");
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                parent
                    .core()
                    .forEachLive(
                        ToyModel.class,
                        seen -> {
                          throw new IllegalStateException("thrown by a test");
                        }));
    ToyModel model = toys.model(uuid);
    parent.remove(uuid);
    assertThat(model.calls).isEmpty();
  }

  @Test
  @DisplayName("while devices come and go, those that stay are always shown, in order")
  void toleratesChanges() {
    List<String> staying = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      staying.add(parent.create("1").toString());
    }
    AtomicBoolean over = new AtomicBoolean();
    Background<Void> looker =
        Background.run(
            () -> {
              do {
                List<String> seen = new ArrayList<>(live());
                seen.retainAll(staying);
                assertThat(seen).isEqualTo(staying);
              } while (!over.get());
            });
    for (int i = 0; i < 300; i++) {
      parent.remove(parent.create("2"));
    }
    over.set(true);
    looker.join();
  }

  private List<String> live() {
    List<String> names = new ArrayList<>();
    parent.core().forEachLive(ToyModel.class, model -> names.add(model.name));
    return names;
  }
}
