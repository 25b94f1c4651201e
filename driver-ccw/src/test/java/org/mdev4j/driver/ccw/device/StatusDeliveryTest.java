package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.css.Irb;
import org.mdev4j.sim.css.Scsw;

@DisplayName("ccw: statuses on their way to the user")
class StatusDeliveryTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch looking = new CountDownLatch(1);
  private final CountDownLatch mayReturn = new CountDownLatch(1);
  private final ReentrantLock signalling = new ReentrantLock();
  private boolean blocks;
  private boolean fails;
  private Runnable whenTaken = () -> {};

  private final Executor queue = work::add;
  private final StatusDelivery delivery =
      new StatusDelivery(
          new WorkQueue("test", queue),
          new StatusDelivery.Recipient() {
            @Override
            public boolean exclusively(BooleanSupplier step) {
              signalling.lock();
              try {
                return step.getAsBoolean();
              } finally {
                signalling.unlock();
              }
            }

            @Override
            public Runnable take(PendingStatus status) {
              int word = status.irb().scsw().word2();
              seen.add("taken " + word);
              whenTaken.run();
              return () -> signal(word);
            }

            @Override
            public void abandon() {
              seen.add("abandoned");
            }
          });

  private void signal(int word) {
    if (blocks) {
      blocks = false;
      looking.countDown();
      uninterruptibly(mayReturn);
    }
    if (fails) {
      fails = false;
      throw new IllegalStateException("the planted failure");
    }
    seen.add("signalled " + word);
  }

  @Test
  @DisplayName("one after the other, each with its signal")
  void inOrder() {
    add(1);
    add(2);
    work();
    assertThat(seen).containsExactly("taken 1", "signalled 1", "taken 2", "signalled 2");
    assertThat(delivery.isBehind()).isFalse();
  }

  @Test
  @DisplayName("the next is not taken while somebody still looks at the one that is signalled")
  void oneAtATime() throws Exception {
    blocks = true;
    add(1);
    add(2);
    Thread worker = Thread.ofPlatform().daemon().start(this::work);
    looking.await();
    Thread unmapping = Thread.ofPlatform().daemon().start(delivery::catchUp);
    await().atMost(LIMIT).until(() -> unmapping.getState() == Thread.State.WAITING);
    assertThat(seen).containsExactly("taken 1");
    mayReturn.countDown();
    assertThat(worker.join(LIMIT)).isTrue();
    assertThat(unmapping.join(LIMIT)).isTrue();
    assertThat(seen).containsExactly("taken 1", "signalled 1", "taken 2", "signalled 2");
  }

  @Test
  @DisplayName("work that finds the I/O lock taken is called again when that is let go of")
  void lockTaken() {
    delivery.lock().lock();
    add(1);
    work();
    assertThat(seen).isEmpty();
    delivery.lock().unlock();
    work();
    assertThat(seen).containsExactly("taken 1", "signalled 1");
  }

  @Test
  @DisplayName("a device that broke lets go before what came last is told")
  void abandoned() {
    add(1);
    delivery.abandon();
    work();
    assertThat(seen).containsExactly("abandoned", "taken 1", "signalled 1");
  }

  @Test
  @DisplayName(
      "who catches up waits for a request, and keeps nobody else from signalling meanwhile")
  void waitsForARequest() throws Exception {
    delivery.lock().lock();
    add(1);
    Thread unmapping = Thread.ofPlatform().daemon().start(delivery::catchUp);
    await().atMost(LIMIT).until(() -> unmapping.getState() == Thread.State.WAITING);
    assertThat(signalling.tryLock()).isTrue();
    signalling.unlock();
    delivery.lock().unlock();
    assertThat(unmapping.join(LIMIT)).isTrue();
    assertThat(seen).containsExactly("taken 1", "signalled 1");
  }

  @Test
  @DisplayName("a device that breaks while somebody catches up lets go afterwards")
  void breaksMeanwhile() {
    add(1);
    whenTaken =
        () -> {
          delivery.abandon();
          // It comes, and finds the lock taken.
          work();
        };
    delivery.catchUp();
    work();
    assertThat(seen).containsExactly("taken 1", "signalled 1", "abandoned");
  }

  @Test
  @DisplayName("a signal that fails does not keep the next status from being told")
  void signalFails() {
    delivery.lock().lock();
    add(1);
    add(2);
    work();
    delivery.lock().unlock();
    fails = true;
    work();
    assertThat(seen).containsExactly("taken 1", "taken 2", "signalled 2");
  }

  @Test
  @DisplayName("what is forgotten is not told")
  void forgotten() {
    add(1);
    delivery.forget();
    work();
    assertThat(seen).isEmpty();
  }

  private void add(int word2) {
    delivery.add(
        new PendingStatus(Irb.of(new Scsw(Scsw.PENDING, 0, word2), 0, new byte[0]), true, false));
  }

  private void work() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      next.run();
    }
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
