package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Forms;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.UserMemory;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.VfioFile;
import org.mdev4j.vfio.dma.DmaInfo;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;

/** Containers, groups and what is mapped: from opening them to a device's file. */
final class VfioOps {
  private static final int HEXADECIMAL = 16;

  private VfioOps() {}

  static void addTo(Ops ops) {
    ops.add("vfio_open", VfioOps::open);
    ops.add("reopen", VfioOps::reopen);
    ops.add("open_container", VfioOps::openContainer);
    ops.add("open_group", VfioOps::openGroup);
    ops.add("close", VfioOps::close);
    ops.add("GROUP_GET_STATUS", VfioOps::groupStatus);
    ops.add("GROUP_SET_CONTAINER", VfioOps::setContainer);
    ops.add("SET_CONTAINER", VfioOps::setContainer);
    ops.add("UNSET_CONTAINER", VfioOps::unsetContainer);
    ops.add("GET_DEVICE_FD", VfioOps::deviceFd);
    ops.add("GET_API_VERSION", VfioOps::apiVersion);
    ops.add("CHECK_EXTENSION", VfioOps::checkExtension);
    ops.add("SET_IOMMU", VfioOps::setIommu);
    ops.add("IOMMU_GET_INFO", VfioOps::iommuInfo);
    ops.add("MAP_DMA", VfioOps::map);
    ops.add("UNMAP_DMA", VfioOps::unmap);
    ops.add("container_read", VfioOps::containerRead);
    ops.add("container_unknown_ioctl", VfioOps::unknownRequest);
    ops.add("group_unknown_ioctl", VfioOps::unknownRequest);
    ops.add("device_unknown_ioctl", VfioOps::unknownRequest);
    ops.calls().add("memory", VfioOps::memory);
    ops.calls().add("free_memory", VfioOps::freeMemory);
  }

  private static JsonNode open(Step step, Session session) {
    session.openDevice(step.args().text("uuid"), step.args().text("as"));
    return Forms.opened(step.recorded().result());
  }

  private static JsonNode reopen(Step step, Session session) {
    session.closeDevice(step.args().text("as"));
    session.openDevice(step.args().text("uuid"), step.args().text("as"));
    return Answers.ret(0);
  }

  private static JsonNode openContainer(Step step, Session session) {
    session.name(
        step.args().text("as"), session.open(step.args().text("path"), step.args().text("flags")));
    return Forms.opened(step.recorded().result());
  }

  private static JsonNode openGroup(Step step, Session session) {
    session.name(step.args().text("as"), session.vfio().openGroup(step.args().text("uuid")));
    return Forms.opened(step.recorded().result());
  }

  private static JsonNode close(Step step, Session session) {
    step.args().texts("on").forEach(session::close);
    return Answers.ret(0);
  }

  private static JsonNode groupStatus(Step step, Session session) {
    int flags = group(step, session).status(step.args().word("argsz"));
    ObjectNode result = step.recorded().result().has("ret") ? Answers.ret(0) : Answers.object();
    return result.put("flags", flags);
  }

  /** The target is a symbolic fd, a number that is not open, or null: an address to fault on. */
  private static JsonNode setContainer(Step step, Session session) {
    JsonNode target =
        step.args().json().path(step.args().has("container") ? "container" : "target");
    GroupFile group = group(step, session);
    if (target.isNull() || target.isMissingNode()) {
      throw new ErrnoException(Errno.EFAULT, "the number of the container's fd can't be read");
    }
    group.setContainer(target.isTextual() ? session.named(target.textValue()) : null);
    return Answers.ret(0);
  }

  private static JsonNode unsetContainer(Step step, Session session) {
    group(step, session).unsetContainer();
    return Answers.ret(0);
  }

  private static JsonNode deviceFd(Step step, Session session) {
    Args args = step.args();
    DeviceFile opened = group(step, session).openDevice(deviceName(args));
    String as = args.textOrNull("as");
    session.name(as == null ? Session.RESULT : as, opened);
    return Forms.opened(step.recorded().result());
  }

  private static @Nullable String deviceName(Args args) {
    if (args.has("name_fill")) {
      return args.text("name_fill").repeat(args.size("name_length"));
    }
    return args.json().has("name_string") ? args.textOrNull("name_string") : args.text("name");
  }

  private static JsonNode apiVersion(Step step, Session session) {
    var _ = container(step.args(), session);
    return Answers.ret(Container.API_VERSION);
  }

  private static JsonNode checkExtension(Step step, Session session) {
    Container container = container(step.args(), session);
    ObjectNode result = Answers.object();
    for (JsonNode extension : step.args().json().path("extensions")) {
      result.put(extension.asText(), container.checkExtension(extension.intValue()));
    }
    return result;
  }

  private static JsonNode setIommu(Step step, Session session) {
    Container container = container(step.args(), session);
    container.setIommu(step.args().word("type"));
    session.shadows().of(container).clear();
    return Answers.ret(0);
  }

  private static JsonNode iommuInfo(Step step, Session session) {
    DmaInfo info = container(step.args(), session).iommu().info(step.args().word("argsz"));
    ObjectNode result =
        Answers.ret(0)
            .put("argsz", info.argsz())
            .put("flags", info.flags())
            .put("iova_pgsizes", Long.toHexString(info.pageSizes()));
    if (info.capOffset() == 0) {
      return result.put("cap_offset", 0);
    }
    result.set("caps", chain(info.capabilities(), info.capOffset()));
    return result;
  }

  private static ArrayNode chain(byte[] bytes, int first) {
    ByteBuffer chain = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ArrayNode list = Answers.array();
    for (int at = first; at != 0; ) {
      int next = chain.getInt(at - first + 4);
      list.addObject()
          .put("id", chain.getShort(at - first))
          .put("version", chain.getShort(at - first + 2))
          .put("at", at)
          .put("next", next);
      at = next;
    }
    return list;
  }

  private static JsonNode map(Step step, Session session) {
    Args args = step.args();
    Container container = container(args, session);
    UserMemory memory = session.handle(args.text("memory"), UserMemory.class);
    long iova = iova(args);
    long size = args.number("size");
    container
        .iommu()
        .map(
            new DmaMap(
                args.word("argsz"),
                args.word("flags"),
                GuestMemory.of(memory.segment()),
                args.number("vaddr_off"),
                iova,
                size));
    session.shadows().of(container).mapped(iova, size);
    return Answers.ret(0);
  }

  private static JsonNode unmap(Step step, Session session) {
    Args args = step.args();
    Container container = container(args, session);
    long iova = iova(args);
    long size = args.number("size");
    long unmapped =
        container
            .iommu()
            .unmap(new DmaUnmap(args.word("argsz"), args.word("flags"), iova, size, null));
    session.shadows().of(container).unmapped(args.word("flags"), iova, size);
    return Answers.ret(0).put("size", unmapped);
  }

  private static long iova(Args args) {
    return Long.parseUnsignedLong(args.text("iova"), HEXADECIMAL);
  }

  private static JsonNode memory(Args args, Session session) {
    session.name(args.text("as"), UserMemory.allocate(args.size("size")));
    return Answers.ret(0);
  }

  private static JsonNode freeMemory(Args args, Session session) {
    session.close(args.text("name"));
    return Answers.ret(0);
  }

  /** A container has no bytes. */
  private static JsonNode containerRead(Step step, Session session) {
    var _ = container(step.args(), session);
    throw new ErrnoException(Errno.EINVAL, "a container can't be read");
  }

  private static JsonNode unknownRequest(Step step, Session session) {
    VfioFile file = session.handle(step.args().text("on"), VfioFile.class);
    throw file.unknownRequest(Integer.decode(step.args().text("request")));
  }

  private static Container container(Args args, Session session) {
    return session.handle(args.text("on"), Container.class);
  }

  private static GroupFile group(Step step, Session session) {
    return session.handle(step.args().text("on"), GroupFile.class);
  }
}
