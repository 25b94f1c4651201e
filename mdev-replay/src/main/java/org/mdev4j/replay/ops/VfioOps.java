package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.VfioUser;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;

/**
 * What the files about {@code /sys} do with {@code /dev/vfio}: open, close, and look whether it
 * still works while a removal is blocked.
 */
final class VfioOps {
  private VfioOps() {}

  static void addTo(Ops ops) {
    ops.add("vfio_open", VfioOps::open);
    ops.add("open_group", VfioOps::openGroup);
    ops.add("close", VfioOps::close);
    ops.add("GROUP_GET_STATUS", VfioOps::groupStatus);
    ops.add("GROUP_SET_CONTAINER", VfioOps::setContainer);
    ops.add("GET_DEVICE_FD", VfioOps::deviceFd);
    ops.add("pread", VfioOps::pread);
  }

  private static JsonNode open(Step step, Session session) {
    session.openDevice(step.args().text("uuid"), step.args().text("as"));
    return Answers.object().put("fd", true);
  }

  private static JsonNode openGroup(Step step, Session session) {
    session.name(step.args().text("as"), session.vfio().openGroup(step.args().text("uuid")));
    return Answers.object().put("fd", true);
  }

  private static JsonNode close(Step step, Session session) {
    step.args().texts("on").forEach(session::close);
    return Answers.ret(0);
  }

  private static JsonNode groupStatus(Step step, Session session) {
    return Answers.object().put("flags", group(step, session).status(step.args().size("argsz")));
  }

  private static JsonNode setContainer(Step step, Session session) {
    group(step, session).setContainer(session.named(step.args().text("container")));
    return Answers.ret(0);
  }

  private static JsonNode deviceFd(Step step, Session session) {
    Args args = step.args();
    DeviceFile opened = group(step, session).openDevice(args.textOrNull("name"));
    String as = args.textOrNull("as");
    session.name(as == null ? Session.RESULT : as, opened);
    return Answers.object().put("fd", true);
  }

  /** A read of a few bytes, given as a little-endian number. */
  private static JsonNode pread(Step step, Session session) {
    Args args = step.args();
    DeviceFile device = session.handle(args.text("on"), DeviceFile.class);
    byte[] data = VfioUser.pread(device, args.number("fpos"), args.size("size"));
    byte[] number = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      number[i] = data[data.length - 1 - i];
    }
    return Answers.ret(data.length).put("hex", HexFormat.of().formatHex(number));
  }

  private static GroupFile group(Step step, Session session) {
    return session.handle(step.args().text("on"), GroupFile.class);
  }
}
