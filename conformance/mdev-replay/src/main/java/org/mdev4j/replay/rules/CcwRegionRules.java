package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.shadow.CcwRegions;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/** A subchannel's regions: where they are, what asks for something, what is in them. */
final class CcwRegionRules {
  private CcwRegionRules() {}

  static List<Rule> all() {
    return List.of(
        new CcwRule(
            "ccw-region-index",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> beyond(step)),
        new CcwRule(
            "ccw-no-request",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> noRequest(step)),
        new CcwRule(
            "ccw-return-code",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> returnCode(step, shadow)),
        new CcwRule(
            "ccw-reopened-as-new",
            Rule.Reason.KERNEL_LEAKS,
            (step, shadow, session) -> asNew(step, shadow)));
  }

  /** The kernel finds the region by 32 bits of the index. */
  private static @Nullable Observation beyond(Step step) {
    Args args = step.args();
    boolean access = isAccess(step);
    return access && args.has("offset") && CcwRegions.index(args.address("offset")) < 0
        ? CcwRule.quiet(step, CcwRule.errno("EINVAL"))
        : null;
  }

  private static boolean isAccess(Step step) {
    return step.op().equals("pread") || CcwRule.isWrite(step);
  }

  /** A write that touches no request: no event, and nothing but the return code changes. */
  private static @Nullable Observation noRequest(Step step) {
    Args args = step.args();
    if (!CcwRule.isWrite(step) || !args.has("data")) {
      return null;
    }
    long position = args.address("offset");
    int size = args.bytes("data").length;
    int index = CcwRegions.index(position);
    boolean takesRequests = index == CcwRegions.IO || index == CcwRegions.COMMAND;
    return takesRequests
            && CcwRegions.isInside(position, size)
            && !CcwRegions.isRequest(position, size)
        ? CcwRule.quiet(step, Answers.ret(size))
        : null;
  }

  /**
   * The return code is the last request's. The kernel returns, and shows, what the user wrote there
   * where the request asks for no function.
   */
  private static @Nullable Observation returnCode(Step step, CcwShadow shadow) {
    Args args = step.args();
    JsonNode recorded = step.recorded().result();
    long position = CcwRule.position(args);
    if (CcwRule.isRead(step)) {
      return isRequestRegion(position)
          ? read(step, shadow.withReturnCode(position, data(step)))
          : null;
    }
    if (!step.op().equals("pwrite") || CcwRegions.index(position) != CcwRegions.IO) {
      return null;
    }
    byte[] data = args.bytes("data");
    boolean idle = step.recorded().trace().equals(List.of("IDLE/IO_REQ"));
    boolean wrong = !recorded.has("ret") || recorded.path("ret").asLong() != data.length;
    return idle
            && wrong
            && CcwRegions.isInside(position, data.length)
            && CcwRegions.isRequest(position, data.length)
            && shadow.functionsAfter(position, data) == 0
        ? step.recorded().giving(Answers.ret(data.length))
        : null;
  }

  /**
   * What is read of a region is empty where this user, or a request of this user, stored nothing.
   */
  private static @Nullable Observation asNew(Step step, CcwShadow shadow) {
    long position = CcwRule.position(step.args());
    return CcwRule.isRead(step) && shadow.isReopened() && isRequestRegion(position)
        ? read(step, shadow.regionAsNew(position, data(step)))
        : null;
  }

  private static boolean isRequestRegion(long position) {
    int index = CcwRegions.index(position);
    return index == CcwRegions.IO || index == CcwRegions.COMMAND;
  }

  static byte[] data(Step step) {
    return HexFormat.of().parseHex(step.recorded().result().path("data").asText());
  }

  /** The recorded read, but with these bytes. */
  static Observation read(Step step, byte[] data) {
    ObjectNode result = step.recorded().result().deepCopy();
    return step.recorded().giving(result.put("data", HexFormat.of().formatHex(data)));
  }
}
