package org.mdev4j.replay;

/** How a step ended. */
public enum Outcome {
  /** As recorded. */
  EQUAL,
  /** Exactly as a rule says that mdev4j answers on purpose. */
  DEVIATION,
  /** Exactly as a rule says, where the recorded answer was the emulator's. */
  EMULATOR,
  /** Something without a counterpart outside a kernel. */
  SKIPPED,
  /** Anything else: a failure. */
  DIFFERENT
}
