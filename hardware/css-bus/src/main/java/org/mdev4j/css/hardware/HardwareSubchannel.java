// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css.hardware;

import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.TestedStatus;

/**
 * A subchannel as hardware: the I/O instructions on it. {@link org.mdev4j.css.Subchannel} says what
 * the condition codes mean. Each instruction is one step, whoever issues it; an operand that the
 * machine refuses is {@code EIO}.
 */
public interface HardwareSubchannel {
  /** Returns its name. */
  SubchannelId id();

  /** STORE SUBCHANNEL: returns the SCHIB, or null for condition code 3. */
  @Nullable Schib stsch();

  /** MODIFY SUBCHANNEL. */
  ConditionCode msch(Pmcw pmcw);

  /** START SUBCHANNEL; addresses in the program are those of the host's memory. */
  ConditionCode ssch(Orb orb);

  /** RESUME SUBCHANNEL. */
  ConditionCode rsch();

  /** HALT SUBCHANNEL. */
  ConditionCode hsch();

  /** CLEAR SUBCHANNEL. */
  ConditionCode csch();

  /** CANCEL SUBCHANNEL. */
  ConditionCode xsch();

  /** TEST SUBCHANNEL. */
  TestedStatus tsch();

  /** Returns whether status is pending. */
  boolean hasPending();

  /** Returns whether a function has ended when the instruction that starts it returns. */
  boolean performsAtOnce();

  /** Runs {@code action} behind the functions that were started before, on a thread of its own. */
  void afterFunctions(Runnable action);

  /** Blocks until the functions that were started before have ended, or wait for something. */
  void awaitFunctions();
}
