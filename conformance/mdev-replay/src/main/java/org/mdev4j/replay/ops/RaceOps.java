package org.mdev4j.replay.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Calls;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.Syscalls;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/** Races. How often each outcome came is chance, so they are judged by {@link Invariants}. */
final class RaceOps {
  private static final String DEVICES = "/sys/bus/mdev/devices/";

  private RaceOps() {}

  static void addTo(Ops ops) {
    Judge oneCreated = Judge.of(Invariants::oneCreated);
    ops.add("concurrent_create_same_uuid", RaceOps::twoCreates, oneCreated);
    ops.add("concurrent_create_same_uuid_two_types", RaceOps::twoCreates, oneCreated);
    ops.add("concurrent_create_same_uuid_two_drivers", RaceOps::twoCreates, oneCreated);
    ops.add("concurrent_remove_twice", RaceOps::twoRemoves, Judge.of(Invariants::oneRemoved));
    ops.add(
        "concurrent_remove_and_create_same_uuid",
        RaceOps::removeAndCreate,
        Judge.of(Invariants::removedAndCreated));
    ops.add(
        "concurrent_remove_as_soon_as_attribute_appears",
        RaceOps::earlyRemove,
        Judge.of(Invariants::removable));
    ops.add("storm", RaceOps::storm, Judge.of(Invariants::storm));
    ops.add("after_storm_cleanup", RaceOps::leftOver, Judge.of(Invariants::nothingLeft));
    ops.add(
        "rmmod_insmod_racing_create_remove", RaceOps::unloadRace, Judge.of(Invariants::unloadRace));
    ops.calls().add("storm", (args, session) -> new Storm(args, session).rage());
  }

  private static JsonNode twoCreates(Step step, Session session) throws InterruptedException {
    int[] violations = {0};
    ObjectNode result =
        race(
            step,
            session,
            outcome -> {
              String text = Rivals.sorted(outcome);
              if (!text.startsWith("EEXIST@write + ok(")) {
                violations[0]++;
              }
              return text;
            });
    return result.put("violations", violations[0]);
  }

  private static JsonNode twoRemoves(Step step, Session session) throws InterruptedException {
    String attribute = step.args().calls("pair").getFirst().text("path");
    int[] left = {0};
    ObjectNode result =
        race(
            step,
            session,
            outcome -> {
              if (session.syscalls().exists(attribute)) {
                left[0]++;
              }
              return Rivals.sorted(outcome);
            });
    return result.put("still_there_after", left[0]);
  }

  private static JsonNode removeAndCreate(Step step, Session session) throws InterruptedException {
    String device = deviceOf(step.args().calls("pair").getFirst());
    return race(
        step,
        session,
        outcome ->
            "remove:"
                + Answers.word(outcome.first())
                + " create:"
                + Answers.word(outcome.second())
                + " then_exists:"
                + number(session.syscalls().exists(device)));
  }

  private static JsonNode earlyRemove(Step step, Session session) throws InterruptedException {
    session.unsettled(true);
    List<Args> pair = step.args().calls("pair");
    String device = deviceOf(pair.getLast());
    String module = parentOf(pair.getFirst().text("path"));
    int[] reloads = {0};
    ObjectNode result =
        race(
            step,
            session,
            outcome -> {
              boolean exists = session.syscalls().exists(device);
              boolean removable = session.syscalls().exists(device + "/remove");
              if (exists && !removable) {
                reloads[0]++;
                reload(session, module);
              }
              return "create:"
                  + Answers.word(outcome.first())
                  + " remove:"
                  + Answers.word(outcome.second())
                  + " then_exists:"
                  + number(exists)
                  + " remove_attr_exists:"
                  + number(removable);
            });
    return result.put("module_reloads_needed", reloads[0]);
  }

  private static void reload(Session session, String module) {
    try {
      var _ = Calls.reload(session, module);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Races the two writes of {@code pair} {@code iters} times and counts what comes of it. */
  private static ObjectNode race(
      Step step, Session session, Function<Rivals.Outcome, String> describe)
      throws InterruptedException {
    Args args = step.args();
    List<Args> pair = args.calls("pair");
    Map<String, Integer> outcomes = new TreeMap<>();
    try (Rivals rivals = new Rivals(pair.getFirst(), pair.getLast(), session)) {
      for (long i = 0; i < args.number("iters"); i++) {
        session.calls().runHidden(args.calls("each_try_starts_with"), session);
        outcomes.merge(describe.apply(rivals.release()), 1, Integer::sum);
        session.calls().runHidden(args.calls("each_try_ends_with"), session);
      }
    }
    ObjectNode result = Answers.object();
    ObjectNode counted = result.putObject("outcomes");
    outcomes.forEach(counted::put);
    return result;
  }

  private static JsonNode storm(Step step, Session session) throws InterruptedException {
    session.unsettled(true);
    return new Storm(step.args(), session).rage();
  }

  /** After the hidden clean-up: what can't be removed by hand any more. */
  private static JsonNode leftOver(Step step, Session session) {
    session.unsettled(true);
    Syscalls syscalls = session.syscalls();
    long stuck =
        syscalls.names(DEVICES).stream()
            .filter(name -> !syscalls.exists(DEVICES + name + "/remove"))
            .count();
    return Answers.object().put("devices_left_without_remove_attribute", stuck);
  }

  /** Unloads and loads a module again and again while somebody creates and removes its devices. */
  private static JsonNode unloadRace(Step step, Session session) throws InterruptedException {
    Args args = step.args();
    String module = args.text("module");
    Map<String, Long> creator = new TreeMap<>();
    Map<String, Long> loads = new TreeMap<>();
    AtomicBoolean over = new AtomicBoolean();
    Syscalls syscalls = session.syscalls();
    String path = session.path(withPath(args, "create_path"));
    List<String> uuids = args.texts("uuids");
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("replay-creator")
            .start(
                () -> {
                  for (int i = 0; !over.get(); i++) {
                    createAndRemove(syscalls, path, uuids.get(i % uuids.size()), creator);
                  }
                });
    for (long round = 0; round < args.number("rounds"); round++) {
      Thread.sleep(30);
      if (count(loads, "rmmod", () -> session.host().modules().rmmod(module))) {
        var _ = count(loads, "insmod", () -> session.insmod(module, ""));
      }
    }
    over.set(true);
    thread.join();
    ObjectNode result = Answers.object();
    creator.forEach(result.putObject("creator")::put);
    loads.forEach(result.putObject("module")::put);
    return result;
  }

  private static boolean count(Map<String, Long> counts, String what, Runnable call) {
    try {
      call.run();
      counts.merge(what + " ok", 1L, Long::sum);
      return true;
    } catch (ErrnoException refusal) {
      counts.merge(what + " " + refusal.errno(), 1L, Long::sum);
      return false;
    }
  }

  private static void createAndRemove(
      Syscalls syscalls, String path, String uuid, Map<String, Long> counts) {
    ObjectNode created = syscalls.write(path, uuid.getBytes(ISO_8859_1));
    counts.merge(kind(created), 1L, Long::sum);
    if (Answers.worked(created)) {
      ObjectNode removed = syscalls.write(DEVICES + uuid + "/remove", new byte[] {'1'});
      counts.merge("remove " + kind(removed), 1L, Long::sum);
    }
  }

  private static String kind(ObjectNode answer) {
    return Answers.worked(answer) ? "ok" : Answers.word(answer);
  }

  private static Args withPath(Args args, String name) {
    return new Args(Answers.object().put("path", args.text(name)));
  }

  /** The device whose {@code remove} a call writes to. */
  private static String deviceOf(Args call) {
    String path = call.text("path");
    return path.substring(0, path.lastIndexOf('/'));
  }

  /** The parent whose {@code create} is at {@code path}; the sample drivers are named after it. */
  private static String parentOf(String path) {
    String before = path.substring(0, path.indexOf("/mdev_supported_types/"));
    return before.substring(before.lastIndexOf('/') + 1);
  }

  private static int number(boolean flag) {
    return flag ? 1 : 0;
  }
}
