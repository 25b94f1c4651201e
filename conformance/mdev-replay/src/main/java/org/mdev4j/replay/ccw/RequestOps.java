package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.SlowDisk;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.VfioFile;

/** Opening files, closing them, and requests that have no op of their own. */
final class RequestOps {
  private static final String NODES = "/dev/vfio/";
  private static final int BASE = 0x3b64;
  private static final int FEATURE_HEADER = 8;

  /** Numbers of requests; a file that does not know one is told it. */
  private static final Map<String, Integer> REQUESTS = new HashMap<>();

  static {
    number("VFIO_GET_API_VERSION", 0);
    number("VFIO_CHECK_EXTENSION", 1);
    number("VFIO_SET_IOMMU", 2);
    number("VFIO_GROUP_GET_STATUS", 3);
    number("VFIO_GROUP_SET_CONTAINER", 4);
    number("VFIO_GROUP_UNSET_CONTAINER", 5);
    number("VFIO_GROUP_GET_DEVICE_FD", 6);
    number("VFIO_DEVICE_GET_INFO", 7);
    number("VFIO_DEVICE_GET_REGION_INFO", 8);
    number("VFIO_DEVICE_GET_IRQ_INFO", 9);
    number("VFIO_DEVICE_SET_IRQS", 10);
    number("VFIO_DEVICE_RESET", 11);
    number("VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", 12);
    number("VFIO_IOMMU_GET_INFO", 12);
    number("VFIO_DEVICE_PCI_HOT_RESET", 13);
    number("VFIO_IOMMU_MAP_DMA", 13);
    number("VFIO_IOMMU_UNMAP_DMA", 14);
    number("VFIO_DEVICE_QUERY_GFX_PLANE", 14);
    number("VFIO_DEVICE_GET_GFX_DMABUF", 15);
    number("VFIO_DEVICE_IOEVENTFD", 16);
    number("VFIO_DEVICE_FEATURE", 17);
  }

  private RequestOps() {}

  private static void number(String request, int number) {
    REQUESTS.put(request, BASE + number);
  }

  static void addTo(Ops ops) {
    ops.add("open", RequestOps::open);
    ops.add("close", RequestOps::close);
    ops.add("ioctl", (step, session) -> request(step.args(), session));
    ops.add("group_flags", RequestOps::groupFlags);
    ops.add("VFIO_GROUP_GET_DEVICE_FD", RequestOps::openDevice, Descriptors.JUDGE);
    ops.calls().add("ioctl", RequestOps::request);
    ops.calls().add("close", (args, session) -> closed(args.text("fd"), session));
  }

  /** A container, a group, or else the disk that is slow. */
  private static JsonNode open(Step step, Session session) {
    String path = session.path(step.args());
    session.name(step.args().text("as", Session.RESULT), open(path, session));
    return Answers.object().put("fd", "ok");
  }

  private static AutoCloseable open(String path, Session session) {
    if (!path.startsWith(NODES)) {
      return new SlowDisk();
    }
    String node = path.substring(NODES.length());
    return node.equals("vfio")
        ? session.vfio().openContainer()
        : session.vfio().openGroup(Integer.parseInt(node));
  }

  private static JsonNode close(Step step, Session session) {
    return closed(step.args().text("fd"), session);
  }

  private static JsonNode closed(String name, Session session) {
    session.close(name);
    return Answers.ret(0);
  }

  private static JsonNode openDevice(Step step, Session session) {
    Args args = step.args();
    DeviceFile opened = file(args, session, GroupFile.class).openDevice(args.textOrNull("name"));
    session.name(args.text("as", Session.RESULT), opened);
    return Descriptors.answer(step);
  }

  private static JsonNode groupFlags(Step step, Session session) {
    return Answers.object().put("flags", "0x" + Integer.toHexString(session.groupFlags()));
  }

  /** The file that a request is made on; {@code EBADF} if it is closed, or of another kind. */
  static <T extends VfioFile> T file(Args args, Session session, Class<T> kind) {
    return session.handle(args.text("on"), kind);
  }

  /**
   * One request; what it is given is a number, a symbolic fd, or an address at which nothing is.
   */
  static JsonNode request(Args args, Session session) {
    return switch (session.named(args.text("fd"))) {
      case Container container -> onContainer(container, args, session);
      case GroupFile group -> onGroup(group, args, session);
      case DeviceFile device -> onDevice(device, args);
      case null, default -> throw new ErrnoException(Errno.EBADF, args.text("fd") + " is closed");
    };
  }

  private static JsonNode onContainer(Container container, Args args, Session session) {
    return switch (args.text("request")) {
      case "VFIO_GET_API_VERSION" -> Answers.ret(Container.API_VERSION);
      case "VFIO_CHECK_EXTENSION" -> Answers.ret(container.checkExtension(args.word("arg")));
      case "VFIO_SET_IOMMU" -> {
        container.setIommu(args.word("arg"));
        session.shadows().of(container).clear();
        yield Answers.ret(0);
      }
      case "VFIO_IOMMU_GET_INFO", "VFIO_IOMMU_MAP_DMA", "VFIO_IOMMU_UNMAP_DMA" ->
          throw unreadable();
      default -> throw unknown(container, args);
    };
  }

  private static JsonNode onGroup(GroupFile group, Args args, Session session) {
    switch (args.text("request")) {
      case "VFIO_GROUP_GET_STATUS" -> {
        if (!args.has("argsz")) {
          throw unreadable();
        }
        session.groupFlags(group.status(args.word("argsz")));
      }
      case "VFIO_GROUP_SET_CONTAINER" -> {
        if (!args.has("arg")) {
          throw unreadable();
        }
        JsonNode target = args.json().path("arg");
        group.setContainer(target.isTextual() ? session.named(target.textValue()) : null);
      }
      case "VFIO_GROUP_UNSET_CONTAINER" -> group.unsetContainer();
      case "VFIO_GROUP_GET_DEVICE_FD" -> throw unreadable();
      default -> throw unknown(group, args);
    }
    return Answers.ret(0);
  }

  private static JsonNode onDevice(DeviceFile device, Args args) {
    switch (args.text("request")) {
      case "VFIO_DEVICE_RESET" -> device.reset();
      case "VFIO_DEVICE_FEATURE" -> feature(device, args);
      case "VFIO_DEVICE_GET_INFO",
          "VFIO_DEVICE_GET_REGION_INFO",
          "VFIO_DEVICE_GET_IRQ_INFO",
          "VFIO_DEVICE_SET_IRQS" ->
          throw unreadable();
      default -> throw unknown(device, args);
    }
    return Answers.ret(0);
  }

  private static void feature(DeviceFile device, Args args) {
    if (!args.has("argsz")) {
      throw unreadable();
    }
    int argsz = args.word("argsz");
    device.feature(
        argsz,
        args.word("flags"),
        MemorySegment.ofArray(new byte[Math.clamp(argsz - FEATURE_HEADER, 0, 4096)]),
        file -> {
          throw new UnsupportedOperationException("a data file in a recording");
        },
        (address, size) -> null);
  }

  private static ErrnoException unreadable() {
    return new ErrnoException(Errno.EFAULT, "the structure can't be read");
  }

  private static ErrnoException unknown(VfioFile file, Args args) {
    int code =
        args.has("code")
            ? (int) args.address("code")
            : REQUESTS.getOrDefault(args.text("request"), 0);
    return file.unknownRequest(code);
  }
}
