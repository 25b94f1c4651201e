package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.compare.Comparison;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/** Decides whether what a host gave is right, given what was recorded. */
@FunctionalInterface
public interface Judge {
  /** Compares everything. */
  Judge WHOLE =
      (step, recorded, got, session) ->
          Comparison.difference(step, recorded, got, session.normaliser());

  /** What is wrong with {@code got}, in words; null if nothing is. */
  @Nullable String difference(Step step, Observation recorded, Observation got, Session session);

  /**
   * What is wrong with {@code got} where a rule says {@code expected}: the whole is compared,
   * unless a judge knows what is free there too.
   */
  default @Nullable String ruleDifference(
      Step step, Observation expected, Observation got, Session session) {
    return Comparison.difference(step, expected, got, session.normaliser());
  }

  /** Something that must hold of a result whatever was recorded, with uevents compared as ever. */
  @FunctionalInterface
  interface Invariant {
    /** What is wrong with {@code result}, in words; null if nothing is. */
    @Nullable String violation(Step step, JsonNode result);
  }

  /** A judge that tests {@code invariant} in place of comparing the result. */
  static Judge of(Invariant invariant) {
    return (step, recorded, got, session) -> {
      String violation = invariant.violation(step, got.result());
      return violation == null
          ? WHOLE.difference(step, recorded.giving(got), got, session)
          : violation;
    };
  }
}
