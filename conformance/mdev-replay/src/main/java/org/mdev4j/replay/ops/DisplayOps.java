package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Map;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Forms;
import org.mdev4j.replay.probe.Planes;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.DisplayShadow;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.vfio.VfioUser;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.model.GfxPlane;

/** What is shown: planes, their hand-over, the registers that set the mode, the EDID. */
final class DisplayOps {
  private static final int REGISTERS = 0x1000 + DisplayShadow.MODE;
  private static final int HEXADECIMAL = 16;

  /** {@code struct vfio_region_gfx_edid}. */
  private static final Map<String, Long> EDID =
      Map.of(
          "edid_offset", 0x00L,
          "edid_max_size", 0x04L,
          "edid_size", 0x08L,
          "max_xres", 0x0cL,
          "max_yres", 0x10L,
          "link_state", 0x14L,
          "sizeof", 0x18L,
          "size", 0x18L,
          "struct_size", 0x18L);

  private DisplayOps() {}

  static void addTo(Ops ops) {
    DeviceOps.both(ops, "QUERY_GFX_PLANE", (args, form, session) -> plane(args, session));
    DeviceOps.both(ops, "GET_GFX_DMABUF", DisplayOps::dmabuf);
    DeviceOps.both(ops, "vbe_write", DisplayOps::writeRegister);
    DeviceOps.both(ops, "vbe_dump", DisplayOps::dumpRegisters);
    ops.add("edid_layout", (step, session) -> Forms.named(step.recorded().result(), EDID::get));
    for (String name : Ops.DMABUF) {
      ops.calls().add(name, (args, session) -> NullNode.getInstance());
    }
  }

  private static JsonNode plane(Args args, Session session) {
    DeviceFile device = DeviceOps.device(args, session);
    GfxPlane plane =
        device.queryPlane(args.word("argsz"), args.word("flags"), args.word("drm_plane_type"));
    Shadow shadow = session.shadows().of(device);
    if (shadow != null && plane != null && args.word("drm_plane_type") == Planes.PRIMARY) {
      shadow.askedForPlane();
    }
    GfxPlane shown = plane == null ? GfxPlane.DISABLED : plane;
    return Planes.answer(
        shown.format(),
        shown.width(),
        shown.height(),
        shown.stride(),
        shown.size(),
        shown.source());
  }

  private static JsonNode dmabuf(Args args, JsonNode form, Session session) {
    String as = args.textOrNull("as");
    session.name(
        as == null ? Session.RESULT : as,
        DeviceOps.device(args, session).dmabuf(args.word(args.has("id") ? "id" : "dmabuf_id")));
    return Forms.opened(form);
  }

  private static JsonNode writeRegister(Args args, JsonNode form, Session session) {
    DeviceFile device = DeviceOps.device(args, session);
    long position = args.has("fpos") ? args.number("fpos") : REGISTERS + 2 * args.number("index");
    long written = DeviceOps.write(device, position, word(args), session);
    return form.isObject() && !form.has("ret") ? Answers.object() : Answers.ret(written);
  }

  private static byte[] word(Args args) {
    if (args.has("bytes")) {
      return args.bytes("bytes");
    }
    JsonNode value = args.json().path("value");
    int number =
        value.isTextual()
            ? Integer.parseInt(value.textValue().replaceFirst("^0x", ""), HEXADECIMAL)
            : args.word("value");
    return new byte[] {(byte) number, (byte) (number >> Byte.SIZE)};
  }

  private static JsonNode dumpRegisters(Args args, JsonNode form, Session session) {
    DeviceFile device = DeviceOps.device(args, session);
    long position = args.has("fpos") ? args.number("fpos") : REGISTERS;
    int[] values = new int[DisplayShadow.MODE_REGISTERS];
    for (int i = 0; i < values.length; i++) {
      byte[] read = VfioUser.pread(device, position + 2L * i, 2);
      values[i] = (read[0] & 0xff) | (read[1] & 0xff) << Byte.SIZE;
    }
    return Forms.words(form, values, 2 * values.length);
  }
}
