package org.mdev4j.replay.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.Model;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.vfio.MappedRegion;
import org.mdev4j.vfio.DeviceFile;

/** Mapping a device's memory, looking at it and storing into it. */
final class MappingOps {
  private MappingOps() {}

  static void addTo(Ops ops) {
    DeviceOps.both(ops, "mmap", (args, form, session) -> map(args, session));
    DeviceOps.both(ops, "munmap", (args, form, session) -> unmap(args, session));
    ops.add("mmap_peek", (step, session) -> peek(step.args(), Answers.object(), session));
    ops.calls().add("poke", MappingOps::poke);
  }

  private static JsonNode map(Args args, Session session) {
    DeviceFile device = DeviceOps.device(args, session);
    long position = args.number("off");
    Shadow shadow = session.shadows().of(device);
    Model.Place place = shadow == null ? null : shadow.model().at(position);
    MappedRegion mapped =
        new MappedRegion(
            device.map(position, args.number("len"), args.flag("shared")),
            device.name(),
            place == null ? 0 : position - place.offset());
    String as = args.textOrNull("as");
    session.name(as == null ? Session.RESULT : as, mapped);
    ObjectNode result = Answers.object().put("ret", "ok");
    return fill(args, mapped, result);
  }

  private static JsonNode unmap(Args args, Session session) {
    session.close(args.text("map"));
    return Answers.ret(0);
  }

  private static JsonNode peek(Args args, ObjectNode result, Session session) {
    return fill(args, session.handle(args.text("map"), MappedRegion.class), result);
  }

  private static ObjectNode fill(Args args, MappedRegion mapped, ObjectNode result) {
    for (Args read : args.calls("reads")) {
      byte[] bytes = mapped.peek(read.number("off"), read.size("size"));
      result.put(read.text("gives"), HexFormat.of().formatHex(bytes));
    }
    return result;
  }

  private static JsonNode poke(Args args, Session session) {
    MappedRegion mapped = session.handle(args.text("map"), MappedRegion.class);
    byte[] data = args.has("data") ? hexOrText(args.text("data")) : args.bytes("bytes");
    mapped.poke(args.number("off"), data);
    Shadow shadow = session.shadows().of(mapped);
    if (shadow != null) {
      shadow.stored(mapped.offset() + args.number("off"), data);
    }
    return Answers.ret(0);
  }

  private static byte[] hexOrText(String data) {
    return data.matches("([0-9a-f]{2})+")
        ? HexFormat.of().parseHex(data)
        : data.getBytes(ISO_8859_1);
  }
}
