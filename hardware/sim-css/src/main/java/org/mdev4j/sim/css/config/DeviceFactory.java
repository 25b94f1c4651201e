package org.mdev4j.sim.css.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.Console;
import org.mdev4j.sim.css.channel.CcwDevice;
import org.mdev4j.sim.css.device.EckdDisk;
import org.mdev4j.sim.css.device.FbaDisk;
import org.mdev4j.sim.css.device.LineConsole;
import org.mdev4j.sim.css.device.Terminal;
import org.mdev4j.sim.css.device.TestDevice;
import org.mdev4j.sim.css.device.TestDevice.Answer;
import org.mdev4j.sim.css.device.VirtioDevice;

/** Makes the device that a description names. */
public final class DeviceFactory {
  private static final List<String> COMMON =
      List.of("ssid", "number", "type", "qdio", "device", "chpids", "kind");

  private static final SortedMap<String, List<String>> MEMBERS =
      new TreeMap<>(
          Map.of(
              "none", List.of(),
              "fba", List.of("file", "blocks", "readOnly"),
              "eckd", List.of("file", "cylinders", "readOnly"),
              "3215", List.of("port", "nonBlocking"),
              "3270", List.of("port", "identityBytes"),
              "virtio", List.of("virtio", "blocks", "queues"),
              "test", List.of("identity", "commands")));

  /** The kinds of devices. */
  static final List<String> KINDS =
      MEMBERS.keySet().stream().filter(kind -> !kind.equals("none")).toList();

  private DeviceFactory() {}

  /** Refuses members that a device of that kind does not have, and values that it can't have. */
  static void check(String kind, JsonObject object) {
    List<String> allowed = new ArrayList<>(COMMON);
    allowed.addAll(MEMBERS.getOrDefault(kind, List.of()));
    object.allowOnly(allowed.toArray(String[]::new));
    if (kind.equals("test")) {
      var _ = answers(object);
    } else if (kind.equals("virtio")) {
      var _ = virtio(object);
    }
  }

  /**
   * Makes the device.
   *
   * @param module lends threads and time, and takes what the device needs until the host goes down
   */
  public static CcwDevice make(CssConfig.Subchannel config, int number, ModuleContext module) {
    JsonObject object = config.object();
    return switch (config.kind()) {
      case "fba" ->
          new FbaDisk(
              disk(object, number, module, (long) object.number("blocks", 2048, 1, 1 << 30) * 512),
              object.flag("readOnly"));
      case "eckd" ->
          new EckdDisk(
              disk(
                  object,
                  number,
                  module,
                  object.number("cylinders", 10, 1, 0xFFFF) * 15L * 12 * EckdDisk.RECORD),
              object.flag("readOnly"));
      case "3215" -> listening(new LineConsole(!object.flag("nonBlocking")), object, module);
      case "3270" ->
          listening(
              new Terminal(object.number("identityBytes", Terminal.IDENTITY_BYTES, 7, 256)),
              object,
              module);
      case "virtio" -> virtio(object);
      case "test" -> testDevice(object, module.clock());
      default -> throw object.wrong("kind", "'" + config.kind() + "' is unknown");
    };
  }

  private static VirtioDevice virtio(JsonObject object) {
    int type = object.number("virtio", 4, 1, 0xFF);
    if (type == 2) {
      return VirtioDevice.disk(
          object.number("blocks", 1 << 21, 1, Integer.MAX_VALUE),
          object.number("queues", 1, 1, 64));
    }
    if (object.has("blocks") || object.has("queues")) {
      throw object.wrong("virtio", "a device of type " + type + " has no blocks and queues");
    }
    return VirtioDevice.plain(type);
  }

  /** The file of a disk: the one that is named, or a new one that goes with the host. */
  private static Path disk(JsonObject object, int number, ModuleContext module, long size) {
    if (object.has("file")) {
      return Path.of(object.text("file", null));
    }
    try {
      Path made = Files.createTempFile(String.format(Locale.ROOT, "mdev4j-%04x-", number), ".disk");
      module.scope().onClose(() -> delete(made));
      String text = String.format(Locale.ROOT, "mdev4j disk %04x, %d bytes\n", number, size);
      Files.writeString(made, text, StandardCharsets.US_ASCII);
      try (var channel = Files.newByteChannel(made, java.nio.file.StandardOpenOption.WRITE)) {
        channel.position(size - 1).write(java.nio.ByteBuffer.allocate(1));
      }
      return made;
    } catch (IOException e) {
      throw new ErrnoException(Errno.EIO, "can't make a disk file: " + e.getMessage(), e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static <D extends CcwDevice & Console> CcwDevice listening(
      D device, JsonObject object, ModuleContext module) {
    int port = object.number("port", -1, 0, 0xFFFF);
    if (port >= 0) {
      ConsolePort.open(device, port, module);
    }
    return device;
  }

  private static TestDevice testDevice(JsonObject object, HostClock clock) {
    TestDevice device = new TestDevice(object.bytes("identity", "FF000100000000", 7), clock);
    answers(object).forEach(device::on);
    return device;
  }

  private static Map<Integer, Answer> answers(JsonObject object) {
    Map<Integer, Answer> answers = new TreeMap<>();
    for (Map.Entry<String, JsonObject> entry : object.members("commands")) {
      if (!entry.getKey().matches("\\p{XDigit}{2}")) {
        throw object.wrong("commands", "'" + entry.getKey() + "' is no command code");
      }
      answers.put(Integer.parseInt(entry.getKey(), 16), answer(entry.getValue()));
    }
    return answers;
  }

  private static Answer answer(JsonObject object) {
    object.allowOnly("data", "take", "status", "sense", "delayMillis", "channelEndFirst");
    Integer status = object.hex("status", 2);
    Integer sense = object.hex("sense", 4);
    return new Answer(
        object.bytes("data", "", 0),
        object.number("take", -1, -1, 0xFFFF),
        status == null ? 0x0C : status,
        sense == null ? 0 : sense,
        Duration.ofMillis(object.number("delayMillis", 0, 0, Integer.MAX_VALUE)),
        object.flag("channelEndFirst"));
  }
}
