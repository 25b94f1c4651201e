package org.mdev4j.replay.rules;

import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/**
 * A deliberate difference from what was recorded: in which steps, and exactly which answer mdev4j
 * gives there instead. It is asked before the host performs the step, so it can't know the host's
 * answer. It knows no file and no step number, and takes nothing from what was recorded but as the
 * answer that it changes in the way it states.
 */
public interface Rule {
  /** On which column of the summary a step goes. */
  enum Kind {
    /** mdev4j is better than the kernel. */
    DEVIATION,
    /** The answer was the emulator's and not the kernel's. */
    EMULATOR
  }

  /** Why a difference is accepted at all. */
  enum Reason {
    KERNEL_IS_WRONG("the kernel is wrong"),
    KERNEL_LOSES_DATA("the kernel loses data"),
    KERNEL_LEAKS("the kernel leaks"),
    KERNEL_CRASHES("the kernel crashes"),
    LATER_KERNEL("a later kernel changed it"),
    STOCK_CLIENT("a stock client or guest driver needs it"),
    EMULATOR("the emulator's answer, not the kernel's");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** The reason in words, as {@code docs/deviations.md} gives it. */
    public String text() {
      return text;
    }
  }

  /** Its name in reports and in {@code docs/deviations.md}. */
  String name();

  /** As its reason has it. */
  default Kind kind() {
    return reason() == Reason.EMULATOR ? Kind.EMULATOR : Kind.DEVIATION;
  }

  Reason reason();

  /**
   * The exact answer that mdev4j must give to {@code step} instead of the recorded one; null if the
   * rule does not apply.
   *
   * @param session the state before the step, its hidden calls done
   */
  @Nullable Observation expect(Step step, Session session);
}
