package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.List;
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

/** Channel programs: what of them must be mapped, and how they end. */
final class CcwProgramRules {
  private static final int IRB_CPA = CcwRegions.IRB + 4;
  private static final int IRB_ERW = CcwRegions.IRB + 16;
  private static final int NORMAL_END = 0x0080_4007;
  private static final int STATUS = 0x1F;
  private static final int DEFERRED_CC = 0x0300_0000;
  private static final int ALERT_ALONE = 0x11;
  private static final int FORMAT_1 = 0x0080_0000;
  private static final int UNIT_CHECK = 0x0200_0000;
  private static final int MISPLACED_SENSE = 0x0100_2000;
  private static final int CONCURRENT_SENSE = 0x0120_0000;

  private CcwProgramRules() {}

  static List<Rule> all() {
    return List.of(
        new CcwRule(
            "ccw-short-chain", Rule.Reason.KERNEL_IS_WRONG, CcwProgramRules::startOfShortChain),
        new CcwRule(
            "ccw-short-chain-status",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> endOfShortChain(step, shadow)),
        new CcwRule(
            "ccw-sense-count",
            Rule.Reason.EMULATOR,
            (step, shadow, session) -> senseCount(step, session)),
        new CcwRule(
            "ccw-deferred-cpa",
            Rule.Reason.EMULATOR,
            (step, shadow, session) -> deferredAddress(step)));
  }

  /** The kernel copies 2 KiB from where a chain begins, and wants all of them mapped. */
  private static @Nullable Observation startOfShortChain(
      Step step, CcwShadow shadow, Session session) {
    Args args = step.args();
    boolean refused = step.recorded().result().path("errno").asText().equals("EINVAL");
    boolean start =
        CcwRule.isWrite(step)
            && step.recorded().trace().equals(List.of("IDLE/IO_REQ"))
            && args.number("count") == CcwRegions.IO_SIZE;
    if (!refused || !start || !(session.named("CONT") instanceof Container container)) {
      return null;
    }
    ByteBuffer region = ByteBuffer.wrap(args.bytes("data"));
    Long end = ProgramShadow.end(region, session.shadows().of(container));
    return end == null || (shadow.functionsAfter(args.address("offset"), region.array()) == 0)
        ? null
        : normalEnd(step, shadow);
  }

  /** What comes of a START whose program is certain to end normally. */
  static Observation normalEnd(Step step, CcwShadow shadow) {
    ObjectNode result = Answers.ret(CcwRegions.IO_SIZE);
    String eventfd = shadow.irqs().of(CcwIrqs.IO);
    if (step.op().equals("io_start")) {
      result.put("eventfd", "io".equals(eventfd) ? "signalled" : "timeout");
    }
    return step.recorded()
        .giving(result)
        .signalling(signalled(eventfd))
        .tracing(List.of("IDLE/IO_REQ", "CP_PENDING/INTERRUPT"));
  }

  /** The counts after one signal. */
  static ObjectNode signalled(@Nullable String eventfd) {
    ObjectNode events = Answers.object();
    return eventfd == null ? events : events.put(eventfd, 1);
  }

  /** What is read of the I/O region after such a chain: that it ended normally. */
  private static @Nullable Observation endOfShortChain(Step step, CcwShadow shadow) {
    Long end = shadow.expectedEnd();
    if (end == null || !isWholeRead(step)) {
      return null;
    }
    ByteBuffer region = ByteBuffer.wrap(CcwRegionRules.data(step));
    if (region.getInt(CcwRegions.IO_RETURN_CODE) == 0) {
      return null;
    }
    region
        .putInt(CcwRegions.IRB, NORMAL_END)
        .putInt(IRB_CPA, end.intValue())
        .putInt(CcwRegions.IRB + 8, 0x0C00_0000)
        .putInt(CcwRegions.IRB + 12, 0x0080_0000)
        .putInt(CcwRegions.IO_RETURN_CODE, 0);
    return CcwRegionRules.read(step, region.array());
  }

  /**
   * A unit check with concurrent sense. The emulator has the number of sense bytes where none
   * belongs, and no residual count.
   */
  private static @Nullable Observation senseCount(Step step, Session session) {
    if (!isWholeRead(step) || !(session.named("CONT") instanceof Container container)) {
      return null;
    }
    ByteBuffer region = ByteBuffer.wrap(CcwRegionRules.data(step));
    int status = region.getInt(CcwRegions.IRB + 8);
    if (region.getInt(IRB_ERW) != MISPLACED_SENSE || (status & 0xFF00_FFFF) != UNIT_CHECK) {
      return null;
    }
    long last = Integer.toUnsignedLong(region.getInt(IRB_CPA)) - 8;
    byte[] bytes = session.shadows().of(container).read(last, 8);
    if (bytes == null) {
      return null;
    }
    boolean format1 = (region.getInt(4) & FORMAT_1) != 0;
    int count = ByteBuffer.wrap(bytes).getShort(format1 ? 2 : 6) & 0xFFFF;
    region.putInt(IRB_ERW, CONCURRENT_SENSE).putInt(CcwRegions.IRB + 8, status | count);
    return CcwRegionRules.read(step, region.array());
  }

  /** A start that found no path has no CCW. The emulator shows where the program before ended. */
  private static @Nullable Observation deferredAddress(Step step) {
    if (!isWholeRead(step)) {
      return null;
    }
    ByteBuffer region = ByteBuffer.wrap(CcwRegionRules.data(step));
    int word0 = region.getInt(CcwRegions.IRB);
    boolean deferred = (word0 & DEFERRED_CC) == DEFERRED_CC && (word0 & STATUS) == ALERT_ALONE;
    return deferred ? CcwRegionRules.read(step, region.putInt(IRB_CPA, 0).array()) : null;
  }

  private static boolean isWholeRead(Step step) {
    JsonNode result = step.recorded().result();
    return CcwRule.isRead(step)
        && CcwRule.position(step.args()) == 0
        && result.path("ret").asInt() == CcwRegions.IO_SIZE;
  }
}
