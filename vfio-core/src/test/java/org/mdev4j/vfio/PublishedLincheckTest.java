// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.UseCountLincheckTest.StoppedClock;

/**
 * Callbacks against registration and unregistration, all interleavings: a callback finds a device
 * that is alive until it is done with it, or none.
 */
@DisplayName("vfio 1.4: a callback is delivered into a registered device or not at all")
class PublishedLincheckTest {
  @Test
  @DisplayName("1.4: the published model is found while it is registered, and alive")
  void findsTheLiving() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("1.4: a slot that takes no reference delivers into a device that is gone")
  void plantedBug() {
    assertThatThrownBy(() -> options().check(WithoutReference.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return Interleavings.drawn(10)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(Sequential.class);
  }

  /** What it is to look like. */
  public static final class Sequential {
    private boolean registered;

    public void publish() {
      registered = true;
    }

    public String find() {
      return registered ? "alive" : "none";
    }

    public void clear() {
      registered = false;
    }
  }

  /** A model that knows whether it is registered. */
  static final class Model {
    volatile boolean alive;
  }

  /** The slot itself, used as registering and unregistering use it. */
  public static class Real {
    private final Published<Model> slot;
    private final UseCount uses = new UseCount();
    private final Model model = new Model();
    private final StoppedClock clock = new StoppedClock();

    public Real() {
      this(new Published<>());
    }

    Real(Published<Model> slot) {
      this.slot = slot;
    }

    @Operation(runOnce = true)
    public void publish() {
      model.alive = true;
      uses.start();
      slot.publish(model, uses);
    }

    @Operation
    public String find() {
      try (Lease<Model> lease = slot.tryGet()) {
        if (lease == null) {
          return "none";
        }
        return lease.get().alive ? "alive" : "dead";
      }
    }

    @Operation(runOnce = true)
    public void clear() {
      if (uses.get() > 0) {
        uses.drain(clock, Duration.ofSeconds(10), asked -> {});
        model.alive = false;
        slot.clear(uses);
      }
    }
  }

  /** The planted bug: what the slot lends counts itself, and is not a use of the registration. */
  public static final class WithoutReference extends Real {
    public WithoutReference() {
      super(
          new Published<>() {
            @Override
            Lease<Model> lease(Model model, UseCount uses) {
              UseCount another = new UseCount();
              another.start();
              return new Lease<>(model, another);
            }
          });
    }
  }
}
