package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.IrqRequests;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.IrqShadow;
import org.mdev4j.replay.shadow.Model;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.Eventfd;

/** Interrupts, and what else later kernels changed about mtty. */
final class IrqRules {
  private static final int INDEXES = 5;
  private static final int INFO_SIZE = 16;
  private static final int INTX = 0;
  private static final int MSI = 1;
  private static final int REQ = 4;
  private static final int INTX_FLAGS = 7;
  private static final int MSI_FLAGS = 9;
  private static final int RESET_FLAG = 1;

  private static final int FEATURE_HEADER = 8;
  private static final int FEATURE_INDEX = 0xffff;
  private static final int GET = 0x10000;
  private static final int SET = 0x20000;
  private static final int PROBE = 0x40000;

  private IrqRules() {}

  static List<Rule> all() {
    return List.of(
        new DeviceRule(
            "irq-info-before-info",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> infoBeforeInfo(step, shadow)),
        new DeviceRule(
            "irq-info-flags",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> echoedFlags(step, shadow)),
        new DeviceRule(
            "mtty-irq-req", Rule.Reason.LATER_KERNEL, (step, shadow, session) -> req(step, shadow)),
        new DeviceRule("mtty-set-irqs", Rule.Reason.LATER_KERNEL, IrqRules::setIrqs),
        new DeviceRule(
            "mtty-reset-flag",
            Rule.Reason.LATER_KERNEL,
            (step, shadow, session) -> resetFlag(step, shadow)),
        new DeviceRule(
            "mtty-migration",
            Rule.Reason.LATER_KERNEL,
            (step, shadow, session) -> feature(step, shadow)));
  }

  private static boolean isSerial(Shadow shadow) {
    return shadow.model().driver() == Model.Driver.MTTY;
  }

  private static boolean isInfo(Step step) {
    return step.op().equals("DEVICE_GET_IRQ_INFO") && step.args().has("argsz");
  }

  private static @Nullable JsonNode infoBeforeInfo(Step step, Shadow shadow) {
    if (!isInfo(step)
        || shadow.isToldOf()
        || !step.recorded().result().path("errno").asText().equals("EINVAL")) {
      return null;
    }
    int index = step.args().word("index");
    long argsz = step.args().number("argsz");
    boolean known = isSerial(shadow) ? index == INTX || index == MSI : index < INDEXES;
    if (index < 0 || !known || argsz < INFO_SIZE) {
      return null;
    }
    ObjectNode info = Answers.ret(0).put("argsz", argsz);
    if (!isSerial(shadow)) {
      return info.put("flags", 0).put("count", 0);
    }
    return info.put("flags", index == INTX ? INTX_FLAGS : MSI_FLAGS).put("count", 1);
  }

  private static @Nullable JsonNode echoedFlags(Step step, Shadow shadow) {
    JsonNode recorded = step.recorded().result();
    return isInfo(step)
            && !isSerial(shadow)
            && recorded.path("ret").asInt(-1) == 0
            && recorded.path("flags").asLong() == step.args().number("flags_in")
        ? recorded.<ObjectNode>deepCopy().put("flags", 0)
        : null;
  }

  private static @Nullable JsonNode req(Step step, Shadow shadow) {
    return isInfo(step)
            && isSerial(shadow)
            && step.args().word("index") == REQ
            && step.recorded().result().has("ret")
        ? Answers.object().put("errno", "EINVAL")
        : null;
  }

  private static @Nullable JsonNode setIrqs(Step step, Shadow shadow, Session session) {
    if (!step.op().equals("DEVICE_SET_IRQS") || !isSerial(shadow)) {
      return null;
    }
    IrqShadow.Effect effect = shadow.irqs().foresee(IrqRequests.of(step.args(), session));
    ObjectNode result =
        effect.errno() == null ? Answers.ret(0) : Answers.object().put("errno", effect.errno());
    ObjectNode counts = result.putObject("irq");
    for (String name : IrqRequests.EVENTFDS) {
      if (session.named(name) instanceof Eventfd) {
        counts.put(name, effect.signalled().getOrDefault(name, 0));
      }
    }
    return result;
  }

  private static @Nullable JsonNode resetFlag(Step step, Shadow shadow) {
    JsonNode recorded = step.recorded().result();
    return step.op().equals("DEVICE_GET_INFO") && isSerial(shadow) && recorded.has("flags")
        ? recorded.<ObjectNode>deepCopy().put("flags", recorded.path("flags").asInt() | RESET_FLAG)
        : null;
  }

  /** Which features later kernels' mtty has, as far as a request can be judged without its data. */
  private static @Nullable JsonNode feature(Step step, Shadow shadow) {
    Args args = step.args();
    if (!step.op().equals("DEVICE_FEATURE")
        || !isSerial(shadow)
        || !step.recorded().result().path("errno").asText().equals("ENOTTY")) {
      return null;
    }
    int flags = args.word("raw_flags");
    int operations = flags & (GET | SET);
    int allowed;
    int size;
    switch (flags & FEATURE_INDEX) {
      case 1, 9 -> {
        allowed = GET;
        size = 8;
      }
      case 2 -> {
        allowed = GET | SET;
        size = 8;
      }
      case 6 -> {
        allowed = SET;
        size = 24;
      }
      case 7 -> {
        allowed = SET;
        size = 0;
      }
      case 8 -> {
        allowed = GET;
        size = 32;
      }
      default -> {
        return null;
      }
    }
    boolean probe = (flags & PROBE) != 0;
    boolean fits = Integer.toUnsignedLong(args.word("raw_argsz")) - FEATURE_HEADER >= size;
    if ((operations & ~allowed) != 0 || (!probe && (operations == 0 || !fits))) {
      return Answers.object().put("errno", "EINVAL");
    }
    return probe ? Answers.ret(0) : null;
  }
}
