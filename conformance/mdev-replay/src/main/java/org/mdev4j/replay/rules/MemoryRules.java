package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.Model;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.MappedRegion;
import org.mdev4j.vfio.Container;

/** Video memory, mapping it, and mapping the user's own memory. */
final class MemoryRules {
  private static final int PAGE = 4096;

  private MemoryRules() {}

  static List<Rule> all() {
    return List.of(
        new DeviceRule(
            "memory-position",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) ->
                shadow.isReopened() ? null : contents(step, shadow, session)),
        new DeviceRule(
            "map-any-page",
            Rule.Reason.STOCK_CLIENT,
            (step, shadow, session) -> anyPage(step, shadow)),
        new DeviceRule(
            "map-merged",
            Rule.Reason.KERNEL_IS_WRONG,
            (step, shadow, session) -> merged(step, shadow)),
        new LastPage());
  }

  /** What a read, or a look through a mapping, finds: what was stored at that very place. */
  static @Nullable JsonNode contents(Step step, Shadow shadow, Session session) {
    Args args = step.args();
    return switch (step.op()) {
      case "pread", "pwrite" -> accessed(step, shadow);
      case "mmap_peek" ->
          session.named(args.text("map")) instanceof MappedRegion region
              ? looked(args, shadow, region.offset(), Answers.object())
              : null;
      case "mmap" -> step.recorded().result().has("errno") ? null : mapped(args, shadow);
      default -> null;
    };
  }

  private static @Nullable JsonNode accessed(Step step, Shadow shadow) {
    Args args = step.args();
    Model.Place place = shadow.model().at(args.number("fpos"));
    if (place == null || place.index() != Model.MEMORY || args.has("buf")) {
      return null;
    }
    long offset = args.number("fpos") - place.offset();
    int size = args.size("size");
    if (offset + size > place.size()) {
      return Answers.object().put("errno", "EFAULT");
    }
    ObjectNode result = Answers.ret(size);
    return step.op().equals("pwrite")
        ? result
        : result.put("bytes", HexFormat.of().formatHex(shadow.memory().read(offset, size)));
  }

  private static @Nullable JsonNode mapped(Args args, Shadow shadow) {
    Model.Place place = shadow.model().at(args.number("off"));
    if (place == null || place.index() != Model.MEMORY) {
      return null;
    }
    return looked(
        args, shadow, args.number("off") - place.offset(), Answers.object().put("ret", "ok"));
  }

  private static ObjectNode looked(Args args, Shadow shadow, long base, ObjectNode result) {
    for (Args read : args.calls("reads")) {
      byte[] bytes = shadow.memory().read(base + read.number("off"), read.size("size"));
      result.put(read.text("gives"), HexFormat.of().formatHex(bytes));
    }
    return result;
  }

  /** The framebuffer of mdpy can be mapped from any page on. */
  private static @Nullable JsonNode anyPage(Step step, Shadow shadow) {
    Args args = step.args();
    if (!step.op().equals("mmap")
        || shadow.model().driver() != Model.Driver.MDPY
        || !step.recorded().result().path("errno").asText().equals("EINVAL")) {
      return null;
    }
    Model.Place place = shadow.model().at(args.number("off"));
    long length = args.number("len");
    if (place == null || place.index() != Model.MEMORY || !args.flag("shared") || length <= 0) {
      return null;
    }
    long offset = args.number("off") - place.offset();
    return offset % PAGE == 0 && offset + length <= place.size() ? mapped(args, shadow) : null;
  }

  /** The kernel merges a mapping with the one of memory behind it, without asking the driver. */
  private static @Nullable JsonNode merged(Step step, Shadow shadow) {
    Args args = step.args();
    Model.Place memory = shadow.model().region(Model.MEMORY);
    return step.op().equals("mmap")
            && shadow.isMappedFromStart()
            && step.recorded().result().has("ret")
            && memory.size() > 0
            && args.number("off") < memory.offset()
            && args.number("off") + args.number("len") == memory.offset()
        ? Answers.object().put("errno", "EINVAL")
        : null;
  }

  /** A mapping that ends where addresses end can be taken away. */
  private static final class LastPage implements Rule {
    @Override
    public String name() {
      return "unmap-last-page";
    }

    @Override
    public Reason reason() {
      return Reason.KERNEL_LEAKS;
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      Args args = step.args();
      boolean x86 = step.op().equals("UNMAP_DMA");
      boolean unmaps = x86 || step.op().equals("VFIO_IOMMU_UNMAP_DMA");
      if (!unmaps
          || !step.recorded().result().has("ret")
          || !(session.named(args.text("on")) instanceof Container container)) {
        return null;
      }
      int flags = args.word("flags");
      long iova = x86 ? Long.parseUnsignedLong(args.text("iova"), 16) : args.address("iova");
      long size = args.address("size");
      var space = session.shadows().of(container);
      if (!space.takesTheLast(flags, iova, size)) {
        return null;
      }
      long taken = space.taken(flags, iova, size);
      ObjectNode result = Answers.ret(0);
      return step.recorded()
          .giving(
              x86 ? result.put("size", taken) : result.put("size", "0x" + Long.toHexString(taken)));
    }
  }
}
