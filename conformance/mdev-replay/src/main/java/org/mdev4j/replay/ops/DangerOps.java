package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/**
 * Inputs that crash a real kernel: every call gives an errno or a value, and the host goes on. What
 * was recorded is not compared.
 */
final class DangerOps {
  private DangerOps() {}

  static void addTo(Ops ops) {
    ops.add("danger", DangerOps::perform, (step, recorded, got, session) -> survived(got.result()));
  }

  private static JsonNode perform(Step step, Session session) throws InterruptedException {
    int refused = 0;
    boolean goesOn = false;
    try {
      for (Args call : step.args().calls("calls")) {
        if (!Answers.worked(session.calls().run(call, session))) {
          refused++;
        }
      }
    } finally {
      goesOn = goesOn(session);
    }
    return Answers.object().put("survived", goesOn).put("refused", refused);
  }

  /** Whether all devices can be removed and the full number of instances is there again. */
  private static boolean goesOn(Session session) throws InterruptedException {
    session.closeDevice("v");
    session.calls().runHidden(List.of(new Args(Answers.object().put("call", "cleanup"))), session);
    return session.capacity().isIdle();
  }

  private static @Nullable String survived(JsonNode result) {
    return result.path("survived").asBoolean(false)
        ? null
        : "result: expected a host that goes on, got " + result;
  }
}
