package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Forms;
import org.mdev4j.replay.probe.Planes;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.DisplayShadow;
import org.mdev4j.replay.shadow.Model;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/** The display of mbochs, and what no device keeps from one user to the next. */
final class DisplayRules {
  private static final int EDID_MOST = 0x400;
  private static final int PLANE_SIZE = 60;
  private static final int DMABUF = 2;

  private DisplayRules() {}

  static List<Rule> all() {
    return List.of(
        new DeviceRule(
            "plane-at-once",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) ->
                step.recorded().result().path("errno").asText().equals("ENOMEM")
                        && shadow.display().picture() != null
                    ? plane(step, shadow)
                    : null),
        new DeviceRule(
            "edid-end",
            Rule.Reason.KERNEL_LEAKS,
            (step, shadow, session) -> shadow.isReopened() ? null : edid(step, shadow)),
        new DeviceRule(
            "reopened-as-new",
            Rule.Reason.KERNEL_LEAKS,
            (step, shadow, session) ->
                shadow.isReopened() ? reopened(step, shadow, session) : null));
  }

  private static boolean isBochs(Shadow shadow) {
    return shadow.model().driver() == Model.Driver.MBOCHS;
  }

  /**
   * The plane that the registers say; the rule for a request that asks for one and nothing else.
   */
  private static @Nullable JsonNode plane(Step step, Shadow shadow) {
    Args args = step.args();
    if (!step.op().equals("QUERY_GFX_PLANE")
        || !isBochs(shadow)
        || args.number("argsz") < PLANE_SIZE
        || args.word("flags") != DMABUF) {
      return null;
    }
    DisplayShadow.Picture picture = shadow.display().picture();
    return picture == null || args.word("drm_plane_type") != Planes.PRIMARY
        ? Planes.answer(0, 0, 0, 0, 0, 0)
        : Planes.answer(
            Planes.XRGB8888,
            picture.width(),
            picture.height(),
            picture.stride(),
            picture.size(),
            shadow.display().idOf(picture));
  }

  /** Behind the size that was set, and without a link, a guest reads zeros. */
  private static @Nullable JsonNode edid(Step step, Shadow shadow) {
    Args args = step.args();
    if (!step.op().equals("pread") || !isBochs(shadow) || args.has("buf")) {
      return null;
    }
    Model.Place place = shadow.model().at(args.number("fpos"));
    return place != null
            && place.index() == Model.REGISTERS
            && args.number("fpos") - place.offset() < EDID_MOST
        ? registers(step, shadow)
        : null;
  }

  /** Everything that a device has, as it is for its first user. */
  private static @Nullable JsonNode reopened(Step step, Shadow shadow, Session session) {
    JsonNode config = ConfigRules.registers(step, shadow);
    if (config != null) {
      return config;
    }
    if (shadow.model().driver() == Model.Driver.MTTY) {
      return null;
    }
    JsonNode memory = MemoryRules.contents(step, shadow, session);
    if (memory != null || !isBochs(shadow)) {
      return memory;
    }
    return switch (step.op()) {
      case "pread" -> registers(step, shadow);
      case "vbe_dump" ->
          Forms.words(
              step.recorded().result(), shadow.display().mode(), 2 * DisplayShadow.MODE_REGISTERS);
      case "QUERY_GFX_PLANE" -> plane(step, shadow);
      case "GET_GFX_DMABUF" -> handOver(step, shadow);
      default -> null;
    };
  }

  private static @Nullable JsonNode registers(Step step, Shadow shadow) {
    Args args = step.args();
    if (args.has("buf") || !step.recorded().result().has("bytes")) {
      return null;
    }
    Model.Place place = shadow.model().at(args.number("fpos"));
    if (place == null) {
      return null;
    }
    long offset = args.number("fpos") - place.offset();
    int size = args.size("size");
    byte[] bytes =
        switch (place.index()) {
          case Model.REGISTERS -> shadow.display().readRegisters(offset, size);
          case Model.EDID -> shadow.display().readEdid(offset, size);
          default -> null;
        };
    return bytes == null ? null : Answers.ret(size).put("bytes", HexFormat.of().formatHex(bytes));
  }

  private static ObjectNode handOver(Step step, Shadow shadow) {
    String errno = shadow.display().handOver(step.args().word("id"));
    return errno == null
        ? Forms.opened(step.recorded().result())
        : Answers.object().put("errno", errno);
  }
}
