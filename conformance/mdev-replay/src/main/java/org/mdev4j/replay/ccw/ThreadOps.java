package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.BackgroundCall;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.Syscalls;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.LazyMemory;

/** Calls that other threads make, which may block, and the memory in which they do. */
final class ThreadOps {
  private static final String BLOCKED = "blocked";
  private static final String FINISHED = "finished";

  /** Words in which a probe says that a call has returned. */
  private static final Set<String> FINISHED_WORDS =
      Set.of(FINISHED, "done", "returned", "exited", "ended", "joined", "dead", "not running");

  private static final Duration GENEROUS = Duration.ofSeconds(5);
  private static final int LAZY_PAGES = 16;

  private ThreadOps() {}

  static void addTo(Ops ops) {
    ops.add("write_file_background", ThreadOps::write);
    ops.add("await_background_write", ThreadOps::await);
    ops.add("thread_start", ThreadOps::start);
    ops.add("thread_join", ThreadOps::join);
    ops.add("userfaultfd", ThreadOps::userfaultfd, Descriptors.JUDGE);
    ops.add("uffd_register", ThreadOps::register);
    ops.add("fault_pending", ThreadOps::faultPending);
    ops.calls().add("fill_page", ThreadOps::fill);
    ops.calls().add("wait_for_fault", ThreadOps::awaitFault);
  }

  // Writes in the background.

  private static JsonNode write(Step step, Session session) throws InterruptedException {
    Syscalls syscalls = session.syscalls();
    String path = session.path(step.args());
    byte[] data = step.args().data();
    BackgroundCall call =
        session.inBackground(
            step.args().text("as", "background"),
            () -> {
              ObjectNode answer = syscalls.write(path, data);
              answer.remove("at");
              return answer;
            });
    return state(step, call);
  }

  private static JsonNode await(Step step, Session session) throws InterruptedException {
    return state(step, session.background(step.args().text("target", "background")));
  }

  /**
   * Whether a call has returned once the probe has waited, and with what. Which words say so is the
   * recording's choice: those it used are used where they are true.
   */
  private static JsonNode state(Step step, BackgroundCall call) throws InterruptedException {
    JsonNode recorded = step.recorded().result();
    boolean tells = recorded.has("ret") || recorded.has("errno");
    String word = recorded.path("state").asText();
    boolean saysFinished = tells || FINISHED_WORDS.contains(word);
    JsonNode answer = call.finishedWithin(patience(step));
    if (answer == null) {
      return Answers.object().put("state", saysFinished || word.isEmpty() ? BLOCKED : word);
    }
    ObjectNode result =
        Answers.object().put("state", saysFinished && !word.isEmpty() ? word : FINISHED);
    if (tells || !saysFinished) {
      answer.properties().forEach(field -> result.set(field.getKey(), field.getValue()));
    }
    return result;
  }

  private static Duration patience(Step step) {
    for (String name : new String[] {"waited_ms", "waits_up_to_ms"}) {
      if (step.args().has(name)) {
        return Duration.ofMillis(step.args().number(name));
      }
    }
    return Duration.ZERO;
  }

  // Threads.

  private static JsonNode start(Step step, Session session) throws InterruptedException {
    Args args = step.args();
    String name = args.text("as", args.text("thread", "thread"));
    Supplier<JsonNode> work = ThreadCalls.prepare(name, does(args), session);
    BackgroundCall call =
        session.inBackground(
            name,
            () -> {
              try {
                return work.get();
              } catch (ErrnoException refusal) {
                return Answers.errno(refusal);
              }
            });
    session.traceWindow().started(name);
    return state(step, call);
  }

  /** What the thread does: a call, or the name of one whose arguments are the step's own. */
  static Args does(Args args) {
    JsonNode does = args.json().path("does");
    if (does instanceof ObjectNode call) {
      return new Args(call);
    }
    ObjectNode call = args.json().deepCopy();
    call.remove("as");
    return new Args(call.put("call", args.text("does")));
  }

  private static JsonNode join(Step step, Session session) throws InterruptedException {
    Args args = step.args();
    String name = args.text("thread", args.text("target", "thread"));
    JsonNode answer = session.background(name).finished();
    session.traceWindow().joined(name);
    session.shadows().joined(name);
    if (answer == null) {
      return Answers.object().put("state", BLOCKED);
    }
    ObjectNode result = answer.deepCopy();
    // What it read was not written down.
    result.remove("data");
    String word = step.recorded().result().path("state").asText();
    return word.isEmpty()
        ? result
        : result.put("state", FINISHED_WORDS.contains(word) ? word : FINISHED);
  }

  // Memory that is filled on demand.

  private static JsonNode userfaultfd(Step step, Session session) {
    var _ = lazy(session);
    return Descriptors.answer(step);
  }

  private static JsonNode register(Step step, Session session) {
    var _ = lazy(session);
    return step.recorded().result().has("ok") ? Answers.object().put("ok", "yes") : Answers.ret(0);
  }

  /** One number, in the field that the recording has for it. */
  private static JsonNode faultPending(Step step, Session session) throws InterruptedException {
    boolean pending =
        patience(step).isPositive()
            ? lazy(session).awaitFault(patience(step))
            : lazy(session).isWantedNow();
    String field = "ret";
    for (var recorded : step.recorded().result().properties()) {
      field = recorded.getValue().isIntegralNumber() ? recorded.getKey() : field;
    }
    return Answers.object().put(field, pending ? 1 : 0);
  }

  private static JsonNode fill(Args args, Session session) {
    LazyMemory lazy = lazy(session);
    byte[] data = args.has("data") ? HexFormat.of().parseHex(args.text("data")) : new byte[0];
    lazy.fill(args.has("page") ? args.size("page") : lazy.wanted(), data);
    return Answers.ret(0);
  }

  private static JsonNode awaitFault(Args args, Session session) throws InterruptedException {
    return Answers.ret(lazy(session).awaitFault(GENEROUS) ? 1 : 0);
  }

  private static LazyMemory lazy(Session session) {
    @Nullable Object named = session.named(MemoryOps.LAZY);
    if (named instanceof LazyMemory lazy) {
      return lazy;
    }
    LazyMemory made = new LazyMemory(LAZY_PAGES);
    session.name(MemoryOps.LAZY, made);
    return made;
  }
}
