// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.vfio.Interleavings;

/**
 * SET_IRQS, signal and close, all interleavings: a signal is counted by the eventfd that is bound
 * when it is signalled, and by no eventfd after the request that replaced or disabled it.
 */
@DisplayName("vfio 4.6: SET_IRQS, signal and close")
class SignalLincheckTest {
  @Test
  @DisplayName("4.6: each is one step; what is let go of is not signalled any more")
  void oneStep() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("4.6: interrupts that decide under the monitor and count after it are found out")
  void plantedLateCount() {
    assertThatThrownBy(() -> options().check(LateCount.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  private static ModelCheckingOptions options() {
    return Interleavings.drawn(10)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(2)
        .sequentialSpecification(Sequential.class);
  }

  /** What it is to look like. */
  public static final class Sequential {
    private int bound;
    private final long[] counts = new long[3];

    public void bindFirst() {
      bound = 1;
    }

    public void bindSecond() {
      bound = 2;
    }

    public void disable() {
      bound = 0;
    }

    public void close() {
      bound = 0;
    }

    public boolean signal() {
      if (bound > 0) {
        counts[bound]++;
      }
      return bound > 0;
    }

    public long first() {
      return counts[1];
    }

    public long second() {
      return counts[2];
    }
  }

  /**
   * The interrupts themselves, with one notification; what they leave for later is done at once.
   */
  abstract static class Session {
    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
    private final EventCounter first = new EventCounter();
    private final EventCounter second = new EventCounter();
    private final Interrupts interrupts;

    Session(Function<WorkQueue, Function<Trigger, BoundTrigger>> binding) {
      interrupts =
          new Interrupts(
              List.of(IrqIndex.notification()), binding.apply(new WorkQueue("test", later::add)));
    }

    @Operation
    public void bindFirst() {
      interrupts.set(Irqs.bind(0, 0, first));
    }

    @Operation
    public void bindSecond() {
      interrupts.set(Irqs.bind(0, 0, second));
    }

    @Operation
    public void disable() {
      interrupts.set(Irqs.disable(0));
    }

    @Operation
    public void close() {
      interrupts.disableAll();
    }

    @Operation
    public boolean signal() {
      boolean signalled = interrupts.signal(0, 0);
      for (Runnable next = later.poll(); next != null; next = later.poll()) {
        next.run();
      }
      return signalled;
    }

    @Operation
    public long first() {
      return first.peek();
    }

    @Operation
    public long second() {
      return second.peek();
    }
  }

  /** As they are. */
  public static final class Real extends Session {
    public Real() {
      super(listeners -> trigger -> new BoundTrigger(trigger, listeners));
    }
  }

  /** With triggers that leave the count to the queue of the listeners. */
  public static final class LateCount extends Session {
    public LateCount() {
      super(listeners -> trigger -> new Late(trigger, listeners));
    }
  }

  private static final class Late extends BoundTrigger {
    private final WorkQueue listeners;

    Late(Trigger trigger, WorkQueue listeners) {
      super(trigger, listeners);
      this.listeners = listeners;
    }

    @Override
    public void signal() {
      listeners.submit(super::signal);
    }
  }
}
