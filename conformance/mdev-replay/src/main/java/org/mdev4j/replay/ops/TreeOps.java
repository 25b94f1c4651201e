package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Listing;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/** Looking at the tree: listings, links, existence, instances left. */
final class TreeOps {
  private static final String AVAILABLE = "available_instances";

  private TreeOps() {}

  static void addTo(Ops ops) {
    ops.add("ls", (step, session) -> list(step, session, 1), TreeOps::listDifference);
    ops.add(
        "tree",
        (step, session) -> list(step, session, step.args().size("depth")),
        TreeOps::listDifference);
    ops.add("exists", TreeOps::exists);
    ops.add("readlink", TreeOps::readLink);
    ops.add("devices", TreeOps::names);
    ops.add(AVAILABLE, TreeOps::available, TreeOps::availableDifference);
  }

  private static JsonNode list(Step step, Session session, int depth) {
    return Answers.object()
        .set(
            "entries",
            Listing.of(
                session.syscalls().directory(session.path(step.args())),
                depth,
                !session.isSomebodyBlocked()));
  }

  /** After a race the kernel has devices that can't be removed; there is none here to be listed. */
  private static @Nullable String listDifference(
      Step step, Observation recorded, Observation got, Session session) {
    boolean noneStuck =
        session.isUnsettled()
            && isStuckDevice(recorded.result())
            && got.result().path("errno").asText().equals("ENOENT");
    return Judge.WHOLE.difference(step, noneStuck ? recorded.giving(got) : recorded, got, session);
  }

  /** Whether a device is listed that is complete but for the attribute that it has lost. */
  private static boolean isStuckDevice(JsonNode result) {
    boolean device = false;
    for (JsonNode entry : result.path("entries")) {
      if (entry.path("p").asText().equals("remove")) {
        return false;
      }
      device |= entry.path("p").asText().equals("mdev_type");
    }
    return device;
  }

  private static JsonNode exists(Step step, Session session) {
    return Answers.object().put("exists", session.syscalls().exists(session.path(step.args())));
  }

  private static JsonNode readLink(Step step, Session session) {
    return Answers.object().put("link", session.syscalls().readLink(session.path(step.args())));
  }

  private static JsonNode names(Step step, Session session) {
    ObjectNode result = Answers.object();
    ArrayNode names = result.putArray("names");
    session.syscalls().names(session.path(step.args())).forEach(names::add);
    return result;
  }

  private static JsonNode available(Step step, Session session) {
    ObjectNode result = Answers.object();
    for (String path : step.args().texts("paths")) {
      result.put(type(path), session.syscalls().readNumber(path));
    }
    return result;
  }

  /**
   * After a race the values are chance until the recorded ones are full again. Meanwhile the host's
   * must be possible: full when no device exists, else within their bounds.
   */
  private static @Nullable String availableDifference(
      Step step, Observation recorded, Observation got, Session session) {
    List<String> paths = step.args().texts("paths");
    if (session.isUnsettled()
        && session.capacity().isFull(paths, values(paths, recorded.result()))) {
      session.unsettled(false);
    }
    List<Long> now = values(paths, got.result());
    boolean possible =
        session.isUnsettled()
            && (session.capacity().isIdle()
                ? session.capacity().isFull(paths, now)
                : isWithin(session, paths, now));
    return Judge.WHOLE.difference(step, possible ? recorded.giving(got) : recorded, got, session);
  }

  private static boolean isWithin(Session session, List<String> paths, List<Long> now) {
    for (int i = 0; i < paths.size(); i++) {
      Long full = session.capacity().of(paths.get(i));
      if (full == null || now.get(i) < 0 || now.get(i) > full) {
        return false;
      }
    }
    return true;
  }

  private static List<Long> values(List<String> paths, JsonNode result) {
    List<Long> values = new ArrayList<>();
    for (String path : paths) {
      values.add(result.path(type(path)).asLong(-1));
    }
    return values;
  }

  /** The name of the type that a file {@code .../TYPE/available_instances} belongs to. */
  private static String type(String path) {
    String directory = path.substring(0, path.length() - AVAILABLE.length() - 1);
    return directory.substring(directory.lastIndexOf('/') + 1);
  }

  /**
   * Instances left of several types, by their names without the driver's; null if the step does not
   * ask for them.
   */
  static @Nullable ObjectNode availableOf(Args args, Session session) {
    if (!args.has("then_reads")) {
      return null;
    }
    ObjectNode result = Answers.object();
    for (String path : args.texts("then_reads")) {
      String type = type(path);
      result.put(type.substring(type.indexOf('-') + 1), session.syscalls().readNumber(path));
    }
    return result;
  }
}
