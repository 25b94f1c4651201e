package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwIrqs;
import org.mdev4j.replay.shadow.CcwRegions;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.vfio.irq.IrqSet;

/** A subchannel's interrupts and channel reports: whose they are, and what loses them. */
final class CcwEventRules {
  private static final int REPORT_SIZE = 8;
  private static final int INDEXES = 3;

  private CcwEventRules() {}

  static List<Rule> all() {
    return List.of(
        new Dropped(),
        new TimelyStatus(),
        new CcwRule(
            "ccw-irqs-count-0",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> countZero(step)),
        new CcwRule(
            "ccw-report-kept",
            Rule.Reason.KERNEL_LOSES_DATA,
            (step, shadow, session) -> shadow.isReopened() ? null : report(step, shadow)),
        new CcwRule(
            "ccw-report-of-another",
            Rule.Reason.KERNEL_LEAKS,
            (step, shadow, session) -> shadow.isReopened() ? report(step, shadow) : null));
  }

  /** Eventfds go with the user that set them up: nobody signals them any more. */
  private static final class Dropped implements Rule {
    @Override
    public String name() {
      return "ccw-eventfds-dropped";
    }

    @Override
    public Reason reason() {
      return Reason.KERNEL_LEAKS;
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      ObjectNode left = Answers.object();
      for (Map.Entry<String, JsonNode> event : step.recorded().events().properties()) {
        if (session.shadows().isBound(event.getKey())) {
          left.set(event.getKey(), event.getValue());
        }
      }
      if (left.size() == step.recorded().events().size()) {
        return null;
      }
      Observation answer = step.recorded().signalling(left);
      JsonNode result = step.recorded().result();
      return result.has("eventfd") && !left.has("io")
          ? answer.giving(result.<ObjectNode>deepCopy().put("eventfd", "timeout"))
          : answer;
    }
  }

  /**
   * A device that was closed while a START was being prepared closes when that has returned. Its
   * status may come first, and then the user is told; in the kernel the work that would do that is
   * cancelled.
   */
  private static final class TimelyStatus implements Rule {
    @Override
    public String name() {
      return "ccw-status-before-close";
    }

    @Override
    public Reason reason() {
      return Reason.KERNEL_LOSES_DATA;
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      String eventfd = session.shadows().closedAmid();
      List<String> trace = step.recorded().trace();
      if (eventfd == null || !trace.contains("CP_PENDING/CLOSE")) {
        return null;
      }
      ObjectNode events = step.recorded().events().deepCopy();
      return step.recorded()
          .signalling(events.put(eventfd, 1))
          .tracing(
              trace.stream()
                  .map(pair -> pair.equals("CP_PENDING/CLOSE") ? "IDLE/CLOSE" : pair)
                  .toList());
    }
  }

  /** Nothing is done to no interrupts; the kernel takes the data of the first all the same. */
  private static @Nullable Observation countZero(Step step) {
    Args args = step.args();
    if (!step.op().equals("VFIO_DEVICE_SET_IRQS_raw") || args.number("count") != 0) {
      return null;
    }
    long flags = args.address("flags");
    boolean data =
        flags == (IrqSet.DATA_BOOL | IrqSet.ACTION_TRIGGER)
            || flags == (IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER);
    return data
            && Integer.compareUnsigned(args.word("argsz"), IrqSet.HEADER_SIZE) >= 0
            && Integer.compareUnsigned(args.word("index"), INDEXES) < 0
            && args.number("start") == 0
        ? CcwRule.quiet(step, CcwRule.errno("EINVAL"))
        : null;
  }

  /**
   * What a read of the region of channel reports must give: the oldest of those that came for this
   * user and that no read has taken. Reads that fail, or that do not touch the word, take none.
   */
  private static @Nullable Observation report(Step step, CcwShadow shadow) {
    Args args = step.args();
    long position = CcwRule.position(args);
    if (!CcwRule.isRead(step) || CcwRegions.index(position) != CcwRegions.CRW) {
      return null;
    }
    int offset = CcwRegions.offset(position);
    int size = args.size("count");
    boolean takes = CcwRegions.takesReport(position, size);
    byte[] region =
        ByteBuffer.allocate(REPORT_SIZE).putInt(takes ? shadow.oldestReport() : 0).array();
    ObjectNode events = Answers.object();
    String eventfd = shadow.irqs().of(CcwIrqs.CRW);
    if (takes && shadow.reports() > 1 && eventfd != null) {
      events.put(eventfd, 1);
    }
    return CcwRegionRules.read(step, Arrays.copyOfRange(region, offset, offset + size))
        .signalling(events);
  }
}
