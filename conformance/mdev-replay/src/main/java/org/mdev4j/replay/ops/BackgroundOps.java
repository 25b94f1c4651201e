package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.BackgroundCall;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.Syscalls;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/** Calls that another process makes, which may block. */
final class BackgroundOps {
  private static final Duration PROMPT = Duration.ofSeconds(2);

  private BackgroundOps() {}

  static void addTo(Ops ops) {
    ops.add("remove_in_background", BackgroundOps::writeInBackground);
    ops.add("unbind_in_background", BackgroundOps::writeInBackground);
    ops.add("create_in_background", BackgroundOps::writeInBackground);
    ops.add("read_in_background", BackgroundOps::readInBackground);
    ops.add("after_first_close", BackgroundOps::stillBlocked);
    ops.add("after_last_close", BackgroundOps::finished);
    ops.add("background_read_after_close", BackgroundOps::finished);
    ops.add("background_remove_after_close", BackgroundOps::finished);
    ops.add("background_remove_after_munmap", BackgroundOps::finished);
    ops.add(
        "blocked_writer_after_close",
        BackgroundOps::finishedPromptly,
        BackgroundOps::writerDifference,
        step -> wasKilled(step.recorded()));
  }

  private static JsonNode writeInBackground(Step step, Session session)
      throws InterruptedException {
    Syscalls syscalls = session.syscalls();
    String path = session.path(step.args());
    byte[] data = step.args().data();
    return outcome(
        session
            .inBackground(step.args().text("as"), () -> syscalls.write(path, data))
            .finishedWithin(patience(step)));
  }

  private static JsonNode readInBackground(Step step, Session session) throws InterruptedException {
    Syscalls syscalls = session.syscalls();
    String path = session.path(step.args());
    return outcome(
        session
            .inBackground(step.args().text("as"), () -> syscalls.read(path))
            .finishedWithin(patience(step)));
  }

  private static JsonNode stillBlocked(Step step, Session session) throws InterruptedException {
    return outcome(session.background(step.args().text("target")).finishedWithin(patience(step)));
  }

  private static ObjectNode finished(Step step, Session session) throws InterruptedException {
    return outcome(session.background(step.args().text("target")).finished());
  }

  private static JsonNode finishedPromptly(Step step, Session session) throws InterruptedException {
    ObjectNode result = finished(step, session);
    BackgroundCall call = session.background(step.args().text("target"));
    boolean prompt =
        !call.isRunning() && call.finishedAt() - session.closedAt() <= PROMPT.toNanos();
    return result.put("prompt", prompt);
  }

  /** The kernel's writer died of the probe's signal; ours got none and must have succeeded. */
  private static @Nullable String writerDifference(
      Step step, Observation recorded, Observation got, Session session) {
    if (!wasKilled(recorded)) {
      return Judge.WHOLE.difference(step, recorded, got, session);
    }
    if (!got.result().path("finished").has("ret")) {
      return "result: expected the writer to finish, got " + got.result();
    }
    ObjectNode unsignalled = recorded.result().deepCopy();
    unsignalled.set("finished", got.result().path("finished"));
    return Judge.WHOLE.difference(
        step, Observation.of(unsignalled, recorded.uevents()), got, session);
  }

  private static boolean wasKilled(Observation recorded) {
    return recorded.result().path("finished").has("killed_by_signal");
  }

  private static Duration patience(Step step) {
    return Duration.ofMillis(step.args().number("waited_ms"));
  }

  private static ObjectNode outcome(@Nullable JsonNode answer) {
    ObjectNode result = Answers.object();
    if (answer == null) {
      return result.put("blocked", true);
    }
    result.set("finished", answer);
    return result;
  }
}
