package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/** Open, one write or read, close; and the two writes that all is about, create and remove. */
final class WriteOps {
  private WriteOps() {}

  static void addTo(Ops ops) {
    ops.add("write", (step, session) -> write(step.args(), session));
    ops.add("read", WriteOps::read);
    ops.add("create", WriteOps::create);
    ops.add("remove", WriteOps::remove);
  }

  private static ObjectNode write(Args args, Session session) {
    return session.syscalls().write(session.path(args), args.data());
  }

  private static JsonNode read(Step step, Session session) {
    if (!step.args().has("path")) {
      return DeviceOps.read(step.args(), session);
    }
    return session.syscalls().read(session.path(step.args()));
  }

  private static JsonNode create(Step step, Session session) {
    Args args = step.args();
    ObjectNode result = write(args, session);
    if (!args.has("nth")) {
      return result;
    }
    // One of a series: where it failed is not written down.
    boolean worked = Answers.worked(result);
    int created = session.countCreated(args.text("path"), args.number("nth"), worked);
    result.remove("at");
    ObjectNode left = TreeOps.availableOf(args, session);
    if (left != null) {
      result.set("available_after", left);
    }
    if (args.flag("exhausted")) {
      result.put("created", created);
    }
    return result;
  }

  private static JsonNode remove(Step step, Session session) {
    ObjectNode result = write(step.args(), session);
    result.remove("at");
    String attribute = step.args().textOrNull("then_exists");
    if (attribute != null) {
      result.put("still_exists", session.syscalls().exists(attribute));
    }
    return result;
  }
}
