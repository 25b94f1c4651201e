package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.mdev4j.replay.ops.Judge;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.transcript.Step;

/** Answers that are a new file descriptor: {@code fd: ok}, or a number, which is chance. */
final class Descriptors {
  /** Any number that can be a descriptor is right where one was recorded. */
  static final Judge JUDGE =
      (step, recorded, got, session) ->
          Judge.WHOLE.difference(
              step,
              isNumber(recorded.result()) && isNumber(got.result())
                  ? recorded.giving(got)
                  : recorded,
              got,
              session);

  /** What the process has open besides: its standard streams. */
  private static final int FIRST_FREE = 3;

  private Descriptors() {}

  /** A new descriptor, in the form that was recorded. */
  static ObjectNode answer(Step step) {
    return step.recorded().result().has("ret")
        ? Answers.ret(FIRST_FREE)
        : Answers.object().put("fd", "ok");
  }

  private static boolean isNumber(JsonNode result) {
    return result.size() == 1
        && result.path("ret").isIntegralNumber()
        && result.path("ret").longValue() >= 0;
  }
}
