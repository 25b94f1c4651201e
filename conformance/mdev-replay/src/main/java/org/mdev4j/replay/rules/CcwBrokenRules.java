package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwIrqs;
import org.mdev4j.replay.shadow.CcwRegions;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.shadow.ProgramShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.vfio.Container;

/**
 * When a subchannel's device breaks: for good when its subchannel is gone, never by a RESET. In the
 * kernel a failed start brings a broken device back to IDLE, and a RESET that meets a START, or
 * another RESET, unregisters the subchannel.
 */
final class CcwBrokenRules {
  private static final String RESET = "VFIO_DEVICE_RESET";
  private static final Set<String> KEPT = Set.of("IO_REQ", "ASYNC_REQ", "CLOSE", "OPEN");
  private static final int FUNCTION_START = 0x4000;

  private CcwBrokenRules() {}

  static List<Rule> all() {
    return List.of(
        new CcwRule(
            "ccw-broken-for-good",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> shadow.isGone() ? broken(step) : null),
        new CcwRule(
            "ccw-reset-among-threads",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> amongThreads(step, shadow)),
        new CcwRule(
            "ccw-reset-keeps-device", Rule.Reason.KERNEL_IS_WRONG, CcwBrokenRules::afterReset));
  }

  // A device that is gone.

  /** Requests are {@code EIO}, and every event finds the device broken. */
  private static @Nullable Observation broken(Step step) {
    List<String> trace = new ArrayList<>();
    for (String pair : step.recorded().trace()) {
      String event = event(pair);
      if (KEPT.contains(event)) {
        trace.add("BROKEN/" + event);
      }
    }
    if (trace.equals(step.recorded().trace())) {
      return null;
    }
    Observation answer = step.recorded().tracing(trace);
    boolean refused = step.recorded().result().path("errno").asText().equals("ENODEV");
    return CcwRule.isWrite(step) && refused ? answer.giving(CcwRule.errno("EIO")) : answer;
  }

  private static String event(String pair) {
    return pair.substring(pair.indexOf('/') + 1);
  }

  // A device that a RESET broke in the kernel.

  /** RESET works, one after the other; a request that one meets fails as in the kernel. */
  private static @Nullable Observation amongThreads(Step step, CcwShadow shadow) {
    if (!shadow.threads().areRunning() || shadow.isGone()) {
      return null;
    }
    boolean resetsNow = step.args().json().toString().contains(RESET);
    if (!shadow.threads().isBroken() && !(resetsNow && shadow.threads().wouldBreak())) {
      return null;
    }
    List<String> trace = step.recorded().trace().stream().map(CcwBrokenRules::asIfAtomic).toList();
    Observation answer = unasked(step, shadow).tracing(trace);
    boolean joins =
        step.op().equals("thread_join")
            && shadow.threads().isReset(step.args().text("thread", step.args().text("target", "")));
    return joins ? answer.giving(Answers.ret(0)) : answer;
  }

  /** Each RESET closes the device when it is open and opens it when it is closed. */
  private static String asIfAtomic(String pair) {
    return switch (event(pair)) {
      case "OPEN" -> "CLOSED/OPEN";
      case "CLOSE" -> pair.startsWith("CP_") ? pair : "IDLE/CLOSE";
      case "IO_REQ", "ASYNC_REQ" -> pair.startsWith("BROKEN/") ? "CLOSED/" + event(pair) : pair;
      default -> pair;
    };
  }

  /** What was recorded, but nobody is asked to let the device go. */
  private static Observation unasked(Step step, CcwShadow shadow) {
    String request = shadow.irqs().of(CcwIrqs.REQUEST);
    ObjectNode events = step.recorded().events().deepCopy();
    if (request != null) {
      events.remove(request);
    }
    return step.recorded().signalling(events);
  }

  /** Afterwards the device goes on working, and so goes when it is closed and not before. */
  private static @Nullable Observation afterReset(Step step, CcwShadow shadow, Session session) {
    if (!shadow.threads().isBroken() || shadow.threads().areRunning() || shadow.isGone()) {
      return null;
    }
    Args args = step.args();
    if (step.op().equals("close")) {
      return unasked(step, shadow).tracing(List.of("IDLE/CLOSE")).announcing(Answers.array());
    }
    if (step.op().equals("ioctl") && args.text("request").equals(RESET)) {
      return CcwRule.quiet(step, Answers.ret(0)).tracing(List.of("IDLE/CLOSE", "CLOSED/OPEN"));
    }
    if (CcwRule.isWrite(step) && args.has("data")) {
      return request(step, shadow, session);
    }
    return unasked(step, shadow);
  }

  private static @Nullable Observation request(Step step, CcwShadow shadow, Session session) {
    long position = step.args().address("offset");
    byte[] data = step.args().bytes("data");
    if (!CcwRegions.isInside(position, data.length)
        || !CcwRegions.isRequest(position, data.length)) {
      return null;
    }
    if (CcwRegions.index(position) == CcwRegions.COMMAND) {
      return command(step, shadow, data);
    }
    int functions = shadow.functionsAfter(position, data);
    Observation asked =
        CcwRule.quiet(step, Answers.ret(data.length)).tracing(List.of("IDLE/IO_REQ"));
    if (functions == 0) {
      return asked;
    }
    if ((functions & FUNCTION_START) == 0) {
      return asked.giving(CcwRule.errno("EOPNOTSUPP"));
    }
    boolean certain =
        data.length == CcwRegions.IO_SIZE
            && session.named("CONT") instanceof Container container
            && ProgramShadow.end(ByteBuffer.wrap(data), session.shadows().of(container)) != null;
    return certain ? CcwProgramRules.normalEnd(step, shadow) : null;
  }

  private static @Nullable Observation command(Step step, CcwShadow shadow, byte[] data) {
    int command = data.length < Integer.BYTES ? 0 : ByteBuffer.wrap(data).getInt();
    boolean known = command == 1 || command == 2;
    Observation answer = CcwRule.quiet(step, Answers.ret(data.length));
    return known
        ? answer
            .signalling(CcwProgramRules.signalled(shadow.irqs().of(CcwIrqs.IO)))
            .tracing(List.of("IDLE/ASYNC_REQ", "IDLE/INTERRUPT"))
        : answer.giving(CcwRule.errno("EINVAL")).tracing(List.of("IDLE/ASYNC_REQ"));
  }
}
