package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.shadow.Model;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/** Configuration space: its size, its base address registers, what a reset does to it. */
final class ConfigRules {
  private static final int KERNEL_SIZE = 255;
  private static final int INFO_SIZE = 32;
  private static final int KERNEL_MOST_INFO = 48;
  private static final int CAPABILITIES = 8;

  private ConfigRules() {}

  static List<Rule> all() {
    return List.of(
        new DeviceRule(
            "config-size", Rule.Reason.STOCK_CLIENT, (step, shadow, session) -> size(step, shadow)),
        new DeviceRule(
            "config-end",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> beyond(step, shadow)),
        new DeviceRule(
            "bar-address",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) ->
                shadow.isReopened() || isReset(shadow) ? null : registers(step, shadow)),
        new DeviceRule(
            "mtty-reset-config",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) ->
                !shadow.isReopened() && isReset(shadow) ? registers(step, shadow) : null),
        new DeviceRule(
            "region-info-size",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> regionInfo(step, shadow)));
  }

  /** Of the samples only the serial card resets its configuration space. */
  private static boolean isReset(Shadow shadow) {
    return shadow.isReset() && shadow.model().driver() == Model.Driver.MTTY;
  }

  /** 256 bytes instead of 255: told so, and the last one can be accessed. */
  private static @Nullable JsonNode size(Step step, Shadow shadow) {
    Args args = step.args();
    JsonNode recorded = step.recorded().result();
    if (step.op().equals("DEVICE_GET_REGION_INFO")) {
      return args.word("index") == Model.CONFIG && recorded.path("size").asInt() == KERNEL_SIZE
          ? recorded.<ObjectNode>deepCopy().put("size", Model.CONFIG_SIZE)
          : null;
    }
    boolean access = step.op().equals("pread") || step.op().equals("pwrite");
    if (!access
        || args.has("buf")
        || !recorded.path("errno").asText().equals("EFAULT")
        || offset(args, shadow) != KERNEL_SIZE
        || args.size("size") != 1) {
      return null;
    }
    return step.op().equals("pwrite") ? Answers.ret(1) : Answers.ret(1).put("bytes", "00");
  }

  /** The kernel lets an access run beyond the end of configuration space. */
  private static @Nullable JsonNode beyond(Step step, Shadow shadow) {
    Args args = step.args();
    boolean access = step.op().equals("pread") || step.op().equals("pwrite");
    if (!access || args.has("buf") || !step.recorded().result().has("ret")) {
      return null;
    }
    int offset = offset(args, shadow);
    return offset >= 0 && offset + args.size("size") > Model.CONFIG_SIZE
        ? Answers.object().put("errno", "EFAULT")
        : null;
  }

  /** What was read, with the registers as they must be. */
  static @Nullable JsonNode registers(Step step, Shadow shadow) {
    Args args = step.args();
    JsonNode recorded = step.recorded().result();
    boolean read = step.op().equals("pread") || step.op().equals("config_dump");
    if (!read || !recorded.has("bytes") || offset(args, shadow) < 0) {
      return null;
    }
    byte[] bytes = HexFormat.of().parseHex(recorded.path("bytes").asText());
    byte[] right = shadow.config().over(bytes, offset(args, shadow));
    return recorded.<ObjectNode>deepCopy().put("bytes", HexFormat.of().formatHex(right));
  }

  /**
   * The kernel refuses a buffer of more than 48 bytes, and has capabilities behind a smaller one.
   */
  private static @Nullable JsonNode regionInfo(Step step, Shadow shadow) {
    if (!step.op().equals("DEVICE_GET_REGION_INFO")
        || shadow.model().driver() != Model.Driver.MBOCHS) {
      return null;
    }
    Args args = step.args();
    int index = args.word("index");
    long argsz = args.number("argsz");
    if (index < 0 || index > Model.EDID || argsz < INFO_SIZE) {
      return null;
    }
    Model.Place place = shadow.model().region(index);
    boolean chain = (place.flags() & CAPABILITIES) != 0;
    boolean small = chain && argsz < KERNEL_MOST_INFO;
    if (!small && argsz <= KERNEL_MOST_INFO) {
      return null;
    }
    return Answers.ret(0)
        .put("argsz", small ? KERNEL_MOST_INFO : argsz)
        .put("flags", place.flags())
        // The chain itself is written down in the form of a recorded one, and here there is none.
        .put("cap_offset", chain && !small ? INFO_SIZE : 0)
        .put("size", place.size())
        .put("offset", place.offset());
  }

  /** Where an access of configuration space begins in it; -1 for any other access. */
  private static int offset(Args args, Shadow shadow) {
    if (!args.has("fpos")) {
      return -1;
    }
    Model.Place place = shadow.model().at(args.number("fpos"));
    return place != null && place.index() == Model.CONFIG
        ? (int) (args.number("fpos") - place.offset())
        : -1;
  }
}
