package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.fsm.State;
import org.mdev4j.driver.ccw.program.ChannelProgram;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.Trigger;
import org.mdev4j.vfio.model.DeviceContext;

@DisplayName("ccw 2.6: statuses on their way to the user")
class StatusDeliveryTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch looking = new CountDownLatch(1);
  private final CountDownLatch mayReturn = new CountDownLatch(1);
  private final AtomicInteger pins = new AtomicInteger();
  private final DeviceDma dma = new CountedPins(pins);
  private final Interrupts interrupts = new Interrupts(List.of(IrqIndex.trigger()));
  private boolean blocks;
  private boolean fails;
  private Runnable whenTaken = () -> {};

  private final Host host = Host.builder().withoutDiscovery().start();
  private final ScriptedSubchannel subchannel = new ScriptedSubchannel();
  private final DeviceState device =
      new DeviceState(subchannel, new HostServices(host.memory(), host.clock(), host.tracing()));
  private final StatusDelivery delivery =
      new StatusDelivery(device, new WorkQueue("test", work::add)) {
        @Override
        boolean accept(PendingStatus status) {
          seen.add("taken " + status.irb().scsw().word2());
          whenTaken.run();
          return super.accept(status);
        }
      };

  /** The device is idle, and its user looks at the region whenever it is signalled. */
  @BeforeEach
  void open() {
    device.whileLocked(() -> device.machine().become(State.IDLE));
    device.user(
        new DeviceContext() {
          @Override
          public DeviceDma dma() {
            return dma;
          }

          @Override
          public Interrupts interrupts() {
            return interrupts;
          }
        });
    Trigger io = this::signalled;
    interrupts.set(
        new IrqSet(
            24,
            IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
            CcwDevice.IO_IRQ,
            0,
            1,
            new byte[0],
            List.of(() -> io)));
  }

  @AfterEach
  void close() {
    host.close();
  }

  private void signalled() {
    if (blocks) {
      blocks = false;
      looking.countDown();
      uninterruptibly(mayReturn);
    }
    if (fails) {
      fails = false;
      throw new IllegalStateException("the planted failure");
    }
    seen.add("signalled " + inRegion());
  }

  /** The third word of the SCSW that the region holds. */
  private int inRegion() {
    MemorySegment irb = device.area().bytes().asSlice(IoArea.REQUEST_END);
    return Irb.readFrom(irb).scsw().word2();
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
  @DisplayName("the next is not taken while the user still looks at the one that is signalled")
  void oneAtATime() throws Exception {
    blocks = true;
    add(1);
    add(2);
    Thread worker = Thread.ofPlatform().daemon().start(this::work);
    looking.await();
    Thread unmapping = Thread.ofPlatform().daemon().start(delivery::catchUp);
    awaitBlocked(unmapping);
    assertThat(seen).containsExactly("taken 1");
    assertThat(inRegion()).isEqualTo(1);
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
    device.program(program());
    assertThat(pins).hasPositiveValue();
    add(1);
    delivery.abandon();
    whenTaken = () -> assertThat(pins).hasValue(0);
    work();
    assertThat(pins).hasValue(0);
    assertThat(seen).containsExactly("taken 1", "signalled 1");
  }

  @Test
  @DisplayName("an unmap waits for a request, and other signals go on meanwhile")
  void waitsForARequest() throws Exception {
    delivery.lock().lock();
    add(1);
    Thread unmapping = Thread.ofPlatform().daemon().start(delivery::catchUp);
    awaitBlocked(unmapping);
    CompletableFuture<Boolean> free =
        CompletableFuture.supplyAsync(() -> interrupts.inOneStep(() -> true));
    assertThat(free.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    delivery.lock().unlock();
    assertThat(unmapping.join(LIMIT)).isTrue();
    assertThat(seen).containsExactly("taken 1", "signalled 1");
  }

  @Test
  @DisplayName("a device that breaks during an unmap lets go afterwards")
  void breaksMeanwhile() {
    device.program(program());
    add(1);
    whenTaken =
        () -> {
          delivery.abandon();
          // It comes, and finds the lock taken.
          work();
        };
    delivery.catchUp();
    assertThat(pins).hasPositiveValue();
    work();
    assertThat(pins).hasValue(0);
    assertThat(seen).containsExactly("taken 1", "signalled 1");
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

  private ChannelProgram program() {
    return ChannelProgram.translate(CcwUser.orb(0x1000), dma, host.memory());
  }

  private void add(int word2) {
    Scsw scsw = new Scsw(Scsw.ALERT | Scsw.PENDING, 0, word2);
    device.whileLocked(() -> delivery.interrupt(Irb.of(scsw, 0, new byte[0])));
  }

  private void work() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      next.run();
    }
  }

  private static void awaitBlocked(Thread thread) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.BLOCKED);
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
