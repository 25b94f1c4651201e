package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.lifetime.Gate;

/**
 * Creates against the unregistration of their parent, all interleavings: each either succeeds and
 * is then removed, or fails; once the parent is unregistered no child is left and none can come.
 */
@DisplayName("mdev 4, 8: create against parent unregistration")
class UnregistrationLincheckTest {
  @Test
  @DisplayName("the gate lets a create in or keeps it out, and nothing between")
  void gate() {
    options().sequentialSpecification(Parent.class).check(GatedParent.class);
  }

  @Test
  @DisplayName("a create that looks whether the parent is there and then enters is found out")
  void plantedLookThenEnter() {
    assertThatThrownBy(
            () -> options().sequentialSpecification(Parent.class).check(LookThenEnter.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .iterations(10 * Integer.getInteger("interleavings.factor", 1))
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(2);
  }

  /** A parent with its children, one call after the other. */
  public static final class Parent {
    private boolean gone;
    private int children;

    public boolean create(int child) {
      children += gone ? 0 : 1;
      return !gone;
    }

    public void unregister() {
      gone = true;
      children = 0;
    }

    /** Children that a parent has although it is gone. */
    public int orphans() {
      return gone ? children : 0;
    }
  }

  /** The gate as {@link Mdev} uses it. */
  public static final class GatedParent {
    private final Gate gate = new Gate();
    private final ConcurrentMap<Integer, Boolean> children = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean gone;

    @Operation
    public boolean create(int child) {
      if (!gate.enter()) {
        return false;
      }
      try {
        children.put(next.incrementAndGet(), true);
        return true;
      } finally {
        gate.leave();
      }
    }

    @Operation(runOnce = true)
    public void unregister() {
      gate.closeAndDrain();
      children.clear();
      gone = true;
    }

    @Operation
    public int orphans() {
      return gone ? children.size() : 0;
    }
  }

  /** The same with a flag that is looked at before it counts. */
  public static final class LookThenEnter {
    private final ConcurrentMap<Integer, Boolean> children = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean gone;

    @Operation
    public boolean create(int child) {
      if (gone) {
        return false;
      }
      children.put(next.incrementAndGet(), true);
      return true;
    }

    @Operation(runOnce = true)
    public void unregister() {
      children.clear();
      gone = true;
    }

    @Operation
    public int orphans() {
      return gone ? children.size() : 0;
    }
  }
}
