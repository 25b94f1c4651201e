package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Judge;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.Eventfd;
import org.mdev4j.vfio.DeviceFile;

/** Starting channel programs: one and waiting for its end, or several without a pause. */
final class StartOps {
  private static final String IO = "io";

  /** How long to wait where nothing is to come. What comes later shows with the next step. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final Set<String> BUSY = Set.of("EBUSY", "EAGAIN");

  private StartOps() {}

  static void addTo(Ops ops) {
    ops.add("io_start", StartOps::start);
    ops.add("burst", StartOps::burst, new BurstJudge());
    ops.calls().add("io_start", (args, session) -> RegionOps.pwrite(args, session));
  }

  /** A write, and then a wait for the eventfd, which is not read. */
  private static JsonNode start(Step step, Session session) throws InterruptedException {
    ObjectNode result = RegionOps.pwrite(step.args(), session);
    Duration limit = Duration.ofMillis(step.args().number("wait_ms"));
    boolean quiet = step.recorded().result().path("eventfd").asText().equals("timeout");
    if (quiet) {
      session.host().service(ChannelSubsystem.class).settle();
    }
    DeviceFile device = RegionOps.device(step.args(), session);
    CcwShadow shadow = session.shadows().subchannel(device);
    boolean deaf = shadow != null && !shadow.irqs().isBound(IO);
    boolean signalled =
        session.named(IO) instanceof Eventfd eventfd
            && eventfd.counter().await(quiet || deaf ? QUIET : limit);
    return result.put("eventfd", signalled ? "signalled" : "timeout");
  }

  /** Several writes; each field holds what one returned. */
  private static JsonNode burst(Step step, Session session) {
    ObjectNode results = Answers.object();
    for (Args call : step.args().calls("calls")) {
      JsonNode given;
      try {
        given = RegionOps.pwrite(call, session).path("ret");
      } catch (ErrnoException refusal) {
        given = TextNode.valueOf(refusal.errno().name());
      }
      results.set(call.text("gives"), given);
    }
    CcwShadow shadow =
        session.shadows().subchannel(session.handle(CcwOps.DEVICE, DeviceFile.class));
    if (shadow != null) {
      shadow.burst();
    }
    return results;
  }

  /**
   * Timing decides how the writes of a burst end. Each works or finds the device busy; there is at
   * least one interrupt and at most one for each write that worked.
   */
  private static final class BurstJudge implements Judge {
    @Override
    public @Nullable String difference(
        Step step, Observation recorded, Observation got, Session session) {
      List<String> wrong = new ArrayList<>();
      int worked = 0;
      int requests = 0;
      for (Args call : step.args().calls("calls")) {
        JsonNode given = got.result().path(call.text("gives"));
        if (given.isIntegralNumber() && given.longValue() == call.number("count")) {
          worked++;
        } else if (!BUSY.contains(given.asText())) {
          wrong.add(call.text("gives") + " gave " + given);
        }
        requests += given.asText().equals("EAGAIN") ? 0 : 1;
      }
      long events = got.events().path(IO).asLong();
      if (events < 1 || events > worked || got.events().size() != 1) {
        wrong.add("events are " + got.events() + " where " + worked + " writes worked");
      }
      long traced = got.trace().stream().filter(pair -> pair.endsWith("_REQ")).count();
      if (traced != requests || got.trace().size() < traced + events) {
        wrong.add("the trace is " + got.trace());
      }
      return wrong.isEmpty()
          ? Judge.WHOLE.difference(
              step,
              recorded.giving(got).signalling(got.events()).tracing(got.trace()),
              got,
              session)
          : "burst: " + String.join("; ", wrong);
    }
  }
}
