package org.mdev4j.device.lifetime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;

class GateTest {
  private final Gate gate = new Gate();

  @Test
  void letsInWhileItIsOpenOnly() {
    assertThat(gate.isClosed()).isFalse();
    assertThat(gate.enter()).isTrue();
    assertThat(gate.enter()).isTrue();

    assertThat(gate.close()).isTrue();

    assertThat(gate.isClosed()).isTrue();
    assertThat(gate.enter()).isFalse();
    gate.leave();
    gate.leave();
    assertThat(gate.enter()).as("after the last has left").isFalse();
  }

  @Test
  void onlyTheFirstCloseClosedIt() {
    assertThat(gate.close()).isTrue();
    assertThat(gate.close()).isFalse();
  }

  @Test
  void drainingAnEmptyGateDoesNotWait() {
    gate.closeAndDrain();
    gate.closeAndDrain();

    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void aDrainerWaitsForTheLastOneInside() {
    assertThat(gate.enter()).isTrue();
    assertThat(gate.enter()).isTrue();
    Background<Void> drainer = Background.run(gate::closeAndDrain).awaitBlocked();

    assertThat(gate.enter()).as("while the drainer waits").isFalse();
    gate.leave();
    drainer.awaitBlocked();
    gate.leave();

    drainer.join();
  }

  @Test
  void severalDrainersAreAllLetGo() {
    assertThat(gate.enter()).isTrue();
    Background<Void> first = Background.run(gate::closeAndDrain).awaitBlocked();
    Background<Void> second = Background.run(gate::closeAndDrain).awaitBlocked();

    gate.leave();

    first.join();
    second.join();
  }

  @RepeatedTest(50)
  void afterDrainNobodyIsInsideAndNobodyGetsIn() {
    AtomicInteger inside = new AtomicInteger();
    AtomicBoolean drained = new AtomicBoolean();
    AtomicBoolean late = new AtomicBoolean();
    CountDownLatch busy = new CountDownLatch(4);
    List<Background<Void>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      users.add(
          Background.run(
              () -> {
                while (gate.enter()) {
                  inside.incrementAndGet();
                  late.compareAndSet(false, drained.get());
                  inside.decrementAndGet();
                  gate.leave();
                  busy.countDown();
                }
              }));
    }
    pass(busy);

    gate.closeAndDrain();
    drained.set(true);

    assertThat(inside).hasValue(0);
    users.forEach(Background::join);
    assertThat(late).isFalse();
  }

  @RepeatedTest(20)
  void ofManyClosersOneClosedIt() {
    List<Background<Boolean>> closers = new ArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      closers.add(
          Background.call(
              () -> {
                pass(go);
                return gate.close();
              }));
    }

    go.countDown();

    assertThat(closers.stream().filter(Background::join)).hasSize(1);
  }
}
