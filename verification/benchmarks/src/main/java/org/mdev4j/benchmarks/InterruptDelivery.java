package org.mdev4j.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.irq.IrqSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A model's interrupt on its way to the user's event counter, and to a thread that waits there. */
@State(Scope.Benchmark)
public class InterruptDelivery {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final OpenToy toy = new OpenToy();
  private final Interrupts interrupts = toy.context().interrupts();
  private final EventCounter signals = new EventCounter();
  private final AtomicLong count = new AtomicLong();

  @Setup
  public void enable() {
    int flags = IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER;
    toy.file()
        .setIrqs(
            new IrqSet(
                IrqSet.HEADER_SIZE + Integer.BYTES,
                flags,
                0,
                0,
                1,
                new byte[0],
                List.of(() -> signals)));
  }

  @TearDown
  public void close() {
    toy.close();
  }

  /** The yardstick of {@link #signal}. */
  @Benchmark
  public long atomic() {
    count.incrementAndGet();
    return count.getAndSet(0);
  }

  /** Signalled, and taken by the same thread. */
  @Benchmark
  public long signal() {
    var _ = interrupts.signal(0, 0);
    return signals.take();
  }

  /** The yardstick of {@link #wakeUp}. */
  @Benchmark
  public boolean semaphore(SemaphoreUser user) throws InterruptedException {
    user.asked.release();
    return user.answered.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Signalled, taken by a thread that waits for it, and answered. */
  @Benchmark
  public boolean wakeUp(InterruptUser user) throws InterruptedException {
    var _ = interrupts.signal(0, 0);
    boolean answered = user.answers.await(LIMIT);
    user.answers.take();
    return answered;
  }

  /** Whoever waits for the interrupt. */
  @State(Scope.Benchmark)
  public static class InterruptUser {
    private final EventCounter answers = new EventCounter();
    private volatile boolean over;

    @Setup
    public void start(InterruptDelivery delivery) {
      answering(
          () -> {
            while (!over) {
              if (delivery.signals.await(LIMIT)) {
                delivery.signals.take();
                answers.signal();
              }
            }
          });
    }

    @TearDown
    public void stop() {
      over = true;
    }
  }

  /** The same with semaphores. */
  @State(Scope.Benchmark)
  public static class SemaphoreUser {
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore answered = new Semaphore(0);
    private volatile boolean over;

    @Setup
    public void start() {
      answering(
          () -> {
            while (!over) {
              if (asked.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                answered.release();
              }
            }
          });
    }

    @TearDown
    public void stop() {
      over = true;
    }
  }

  @FunctionalInterface
  private interface Answering {
    void run() throws InterruptedException;
  }

  private static void answering(Answering loop) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                loop.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
