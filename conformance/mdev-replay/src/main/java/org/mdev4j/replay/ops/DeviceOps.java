package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Forms;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.vfio.VfioUser;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.UserBuffer;

/** Requests, reads and writes on a device's file. */
final class DeviceOps {
  private static final int FEATURE_HEADER = 8;
  private static final int GET_PCI_HOT_RESET_INFO = 0x3b70;

  private DeviceOps() {}

  static void addTo(Ops ops) {
    both(ops, "DEVICE_GET_INFO", (args, form, session) -> info(args, session));
    both(ops, "DEVICE_GET_REGION_INFO", DeviceOps::regionInfo);
    both(ops, "DEVICE_GET_IRQ_INFO", (args, form, session) -> irqInfo(args, session));
    both(ops, "DEVICE_GET_PCI_HOT_RESET_INFO", DeviceOps::hotResetInfo);
    both(ops, "DEVICE_FEATURE", (args, form, session) -> feature(args, session));
    both(ops, "DEVICE_RESET", (args, form, session) -> reset(args, session));
    both(ops, "device_lseek", (args, form, session) -> seek(args, session));
    both(ops, "config_dump", DeviceOps::pread);
    ops.add("pread", (step, session) -> pread(step.args(), step.recorded().result(), session));
    both(ops, "pwrite", (args, form, session) -> pwrite(args, session));
  }

  /** What an op and a hidden call of the same name do. */
  @FunctionalInterface
  interface Request {
    /**
     * Makes the request.
     *
     * @param form what was recorded, for the form of the answer; nothing for a hidden call
     */
    JsonNode make(Args args, JsonNode form, Session session);
  }

  /** Adds an op, and the call of that name. */
  static void both(Ops ops, String name, Request request) {
    ops.add(name, (step, session) -> request.make(step.args(), step.recorded().result(), session));
    ops.calls()
        .add(
            name,
            (args, session) -> request.make(args, JsonNodeFactory.instance.missingNode(), session));
  }

  private static JsonNode info(Args args, Session session) {
    DeviceFile device = device(args, session);
    if (!args.has("argsz")) {
      throw new ErrnoException(Errno.EFAULT, "the structure can't be read");
    }
    DeviceInfo info = device.info(args.word("argsz"));
    Shadow shadow = session.shadows().of(device);
    if (shadow != null) {
      shadow.told();
    }
    return Answers.ret(0)
        .put("argsz", args.number("argsz"))
        .put("flags", info.flags())
        .put("num_regions", info.regions())
        .put("num_irqs", info.irqs());
  }

  private static JsonNode regionInfo(Args args, JsonNode form, Session session) {
    RegionInfo info = device(args, session).regionInfo(args.word("argsz"), args.word("index"));
    ObjectNode result =
        Answers.ret(0)
            .put("argsz", Integer.toUnsignedLong(info.argsz()))
            .put("flags", info.flags())
            .put("cap_offset", info.capOffset())
            .put("size", info.size())
            .put("offset", info.offset());
    if (info.capOffset() != 0) {
      addCapabilities(result, info, form);
    }
    return result;
  }

  /** The chain, in the fields in which one was recorded: a list, or fields of the result itself. */
  private static void addCapabilities(ObjectNode result, RegionInfo info, JsonNode form) {
    List<Map<String, Long>> chain = walk(info);
    for (Map.Entry<String, JsonNode> field : form.properties()) {
      if (result.has(field.getKey())) {
        continue;
      }
      if (field.getValue() instanceof ArrayNode list) {
        ArrayNode filled = result.putArray(field.getKey());
        chain.forEach(each -> filled.add(Forms.named(list.path(0), key -> find(each, key))));
      } else if (field.getValue().isObject()) {
        result.set(
            field.getKey(), Forms.named(field.getValue(), key -> find(chain.getFirst(), key)));
      } else {
        Long value = find(chain.getFirst(), field.getKey().toLowerCase(Locale.ROOT));
        if (value != null) {
          result.set(field.getKey(), Forms.number(field.getValue(), value));
        }
      }
    }
  }

  private static @Nullable Long find(Map<String, Long> capability, String key) {
    Long value = capability.get(key);
    return value == null && key.startsWith("cap_")
        ? capability.get(key.substring("cap_".length()))
        : value;
  }

  private static List<Map<String, Long>> walk(RegionInfo info) {
    ByteBuffer chain = ByteBuffer.wrap(info.capabilities()).order(ByteOrder.LITTLE_ENDIAN);
    List<Map<String, Long>> list = new ArrayList<>();
    for (int at = info.capOffset(); at != 0; ) {
      int base = at - info.capOffset();
      int next = chain.getInt(base + 4);
      list.add(
          Map.of(
              "id", (long) chain.getShort(base),
              "version", (long) chain.getShort(base + 2),
              "at", (long) at,
              "next", (long) next,
              "type", (long) chain.getInt(base + 8),
              "subtype", (long) chain.getInt(base + 12)));
      at = next;
    }
    return list;
  }

  private static JsonNode irqInfo(Args args, Session session) {
    IrqIndex index = device(args, session).irqInfo(args.word("argsz"), args.word("index"));
    return Answers.ret(0)
        .put("argsz", args.number("argsz"))
        .put("flags", index.flags())
        .put("count", index.count());
  }

  private static JsonNode hotResetInfo(Args args, JsonNode form, Session session) {
    throw device(args, session).unknownRequest(GET_PCI_HOT_RESET_INFO);
  }

  private static JsonNode feature(Args args, Session session) {
    int argsz = args.word("raw_argsz");
    device(args, session)
        .feature(
            argsz,
            args.word("raw_flags"),
            MemorySegment.ofArray(new byte[Math.clamp(argsz - FEATURE_HEADER, 0, 4096)]),
            file -> {
              throw new UnsupportedOperationException("a data file in a recording");
            },
            (address, size) -> null);
    return Answers.ret(0);
  }

  private static JsonNode reset(Args args, Session session) {
    DeviceFile device = device(args, session);
    device.reset();
    Shadow shadow = session.shadows().of(device);
    if (shadow != null) {
      shadow.reset();
    }
    return Answers.ret(0);
  }

  private static JsonNode seek(Args args, Session session) {
    throw device(args, session).seek();
  }

  /** A plain read, at the file's position. */
  static JsonNode read(Args args, Session session) {
    byte[] data = new byte[args.size("size")];
    long read = device(args, session).read(MemorySegment.ofArray(data));
    return bytes(Arrays.copyOf(data, Math.toIntExact(read)));
  }

  /** Gives the bytes in address order; in the files about {@code /sys}, as one number. */
  static JsonNode pread(Args args, JsonNode form, Session session) {
    DeviceFile device = device(args, session);
    if (args.has("buf")) {
      return Answers.ret(device.read(args.number("fpos"), UserBuffer.bad(args.size("size"))));
    }
    byte[] data = VfioUser.pread(device, args.number("fpos"), args.size("size"));
    return form.has("hex") ? number(data) : bytes(data);
  }

  private static JsonNode pwrite(Args args, Session session) {
    if (args.has("attr")) {
      return FileOps.writeAt(args, session);
    }
    DeviceFile device = device(args, session);
    if (args.has("buf")) {
      return Answers.ret(device.write(args.number("fpos"), UserBuffer.bad(args.size("size"))));
    }
    return Answers.ret(write(device, args.number("fpos"), args.bytes("bytes"), session));
  }

  /** Writes, and lets the device's shadow know. */
  static long write(DeviceFile device, long position, byte[] data, Session session) {
    long written = device.write(position, MemorySegment.ofArray(data));
    Shadow shadow = session.shadows().of(device);
    if (shadow != null) {
      shadow.written(position, data);
    }
    return written;
  }

  static DeviceFile device(Args args, Session session) {
    return session.handle(args.text("on"), DeviceFile.class);
  }

  private static ObjectNode bytes(byte[] data) {
    return Answers.ret(data.length).put("bytes", HexFormat.of().formatHex(data));
  }

  private static ObjectNode number(byte[] data) {
    byte[] number = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      number[i] = data[data.length - 1 - i];
    }
    return Answers.ret(data.length).put("hex", HexFormat.of().formatHex(number));
  }
}
