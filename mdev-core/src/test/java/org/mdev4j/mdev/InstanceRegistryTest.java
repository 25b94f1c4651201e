package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.mdev.MdevInstance.State;

@DisplayName("mdev 8: one step for UUID and instance, one way through the states")
class InstanceRegistryTest {
  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 2);
  private final RegisteredType type =
      new RegisteredType(toys.mdev(), parent.core(), MdevType.named("1", "One"), "toy-1");
  private final InstanceRegistry registry = new InstanceRegistry();

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("counter + listed = N, whatever is refused; EEXIST before EUSERS")
  void countsWhatIsListed() {
    MdevInstance first = insert();
    assertErrno(Errno.EEXIST, () -> registry.insert(twin(first)));
    assertCounter(1);
    MdevInstance second = insert();
    assertErrno(Errno.EUSERS, this::insert);
    assertErrno(Errno.EEXIST, () -> registry.insert(twin(second)));
    assertCounter(0);
    registry.release(first);
    registry.release(second);
    assertCounter(2);
  }

  @Test
  @DisplayName("a release counts once, and never for another instance of the same UUID")
  void releasesOnce() {
    MdevInstance first = insert();
    registry.release(first);
    MdevInstance next = twin(first);
    registry.insert(next);
    registry.release(first);
    assertCounter(1);
    assertThat(registry.find(next.uuid())).isSameAs(next);
    registry.release(next);
    registry.release(next);
    assertCounter(2);
    assertThat(registry.find(next.uuid())).isNull();
  }

  @Test
  @DisplayName("13.8: active begins once, and ends with the first accepted removal")
  void passesStatesOnce() {
    MdevInstance instance = insert();
    assertThat(registry.isActive(instance)).isFalse();
    assertThat(registry.claimRemoval(instance)).isEqualTo(State.CREATING);
    registry.activate(instance);
    assertThat(registry.isActive(instance)).isTrue();
    assertThat(registry.claimRemoval(instance)).isEqualTo(State.ACTIVE);
    assertThat(registry.isActive(instance)).isFalse();
    assertThat(registry.claimRemoval(instance)).isEqualTo(State.REMOVING);
  }

  @Test
  @DisplayName("of many removers one is accepted")
  void acceptsOneRemover() throws Exception {
    for (int round = 0; round < 200; round++) {
      MdevInstance instance = insert();
      registry.activate(instance);
      AtomicInteger accepted = new AtomicInteger();
      together(
          () -> {
            if (registry.claimRemoval(instance) == State.ACTIVE) {
              accepted.incrementAndGet();
            }
          });
      assertThat(accepted).hasValue(1);
      registry.release(instance);
    }
  }

  @Test
  @DisplayName(
      "13.11: many creates at once never exceed the limit, and all that was taken comes back")
  void keepsTheLimit() throws Exception {
    for (int round = 0; round < 50; round++) {
      AtomicInteger created = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      together(
          () -> {
            for (int i = 0; i < 5; i++) {
              try {
                var uuid = parent.create("1");
                most.accumulateAndGet(created.incrementAndGet(), Math::max);
                created.decrementAndGet();
                parent.remove(uuid);
              } catch (ErrnoException full) {
                assertThat(full.errno()).isEqualTo(Errno.EUSERS);
              }
            }
          });
      assertThat(most.get()).isBetween(1, 2);
      assertThat(parent.available("1")).isEqualTo(2);
      assertThat(toys.mdev().deviceCount()).isZero();
    }
  }

  private static void together(Runnable action) throws Exception {
    CyclicBarrier start = new CyclicBarrier(4);
    List<Background<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Background.call(
              () -> {
                start.await(Background.LIMIT.toSeconds(), TimeUnit.SECONDS);
                action.run();
                return null;
              }));
    }
    threads.forEach(Background::join);
  }

  private MdevInstance insert() {
    MdevInstance instance = new MdevInstance(toys.uuid(), parent.core(), type);
    registry.insert(instance);
    return instance;
  }

  private MdevInstance twin(MdevInstance of) {
    return new MdevInstance(of.uuid(), parent.core(), type);
  }

  private void assertCounter(long expected) {
    assertThat(registry.available(parent.core().account(), type.declared())).isEqualTo(expected);
    assertThat(registry.size()).isEqualTo((int) (2 - expected));
  }
}
