package org.mdev4j.vfio.irq;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The triggers of one interrupt index. Guarded by the monitor of {@link Interrupts}. */
final class IrqVectors {
  private final @Nullable BoundTrigger[] triggers;
  private int enabled;

  IrqVectors(int count) {
    triggers = new @Nullable BoundTrigger[count];
  }

  /** How many vectors the first enabling request fixed. */
  int enabled() {
    return enabled;
  }

  void enable(int count) {
    enabled = count;
  }

  /** Takes the trigger over, and lets go of the one before. */
  void bind(int vector, @Nullable BoundTrigger trigger) {
    BoundTrigger before = triggers[vector];
    triggers[vector] = trigger;
    if (before != null) {
      before.release();
    }
  }

  boolean isBound(int vector) {
    return triggers[vector] != null;
  }

  boolean isAnyBound() {
    return Arrays.stream(triggers).anyMatch(Objects::nonNull);
  }

  /** Signals if a trigger is bound. */
  boolean signal(int vector) {
    BoundTrigger trigger = vector < triggers.length ? triggers[vector] : null;
    if (trigger == null) {
      return false;
    }
    trigger.signal();
    return true;
  }

  void clear() {
    for (int i = 0; i < triggers.length; i++) {
      bind(i, null);
    }
    enabled = 0;
  }
}
