package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.AttributeFd;
import org.mdev4j.replay.probe.ChannelFd;
import org.mdev4j.replay.probe.DirectoryFd;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/** Attributes that are kept open, odd ways to open them, and changes that no sysfs allows. */
final class FileOps {
  private FileOps() {}

  static void addTo(Ops ops) {
    ops.add("pread_attr", FileOps::readAt);
    ops.add("read_attr_second_read", FileOps::readOn);
    ops.add("read_stale_fd", FileOps::readOn);
    ops.add("read_attr_same_fd_after_change", FileOps::calls);
    ops.add("write_part", FileOps::writeOn);
    ops.add("write_same_fd", FileOps::writeOn);
    ops.add("write_stale_fd", FileOps::writeOn);
    ops.add("write_append", FileOps::writeAppending);
    ops.add("open_creat", FileOps::open);
    ops.add("open_trunc", FileOps::open);
    ops.add("open_rdwr", FileOps::open);
    ops.add("openat_stale_dirfd", FileOps::openIn);
    ops.add("mkdir", FileOps::makeDirectory);
    ops.add("unlink", FileOps::unlink);
  }

  private static AttributeFd file(Args args, Session session) {
    return session.handle(args.text("on"), AttributeFd.class);
  }

  private static JsonNode readAt(Step step, Session session) {
    Args args = step.args();
    return Answers.data(file(args, session).pread(args.number("off"), args.size("size")));
  }

  private static JsonNode readOn(Step step, Session session) {
    return Answers.data(file(step.args(), session).read(step.args().size("size")));
  }

  private static JsonNode calls(Step step, Session session) throws InterruptedException {
    return session.calls().run(step.args().calls("calls"), session);
  }

  private static JsonNode writeOn(Step step, Session session) {
    return Answers.ret(file(step.args(), session).write(step.args().data()));
  }

  /** An attribute takes no notice of the offset. */
  static JsonNode writeAt(Args args, Session session) {
    return Answers.ret(file(args, session).write(args.data()));
  }

  private static JsonNode writeAppending(Step step, Session session) {
    var _ = open(step, session);
    ChannelFd opened = session.handle(Session.RESULT, ChannelFd.class);
    return Answers.ret(opened.write(step.args().data()));
  }

  private static JsonNode open(Step step, Session session) {
    session.name(
        Session.RESULT, session.open(session.path(step.args()), step.args().text("flags")));
    return Answers.object().put("fd", true);
  }

  private static JsonNode openIn(Step step, Session session) {
    DirectoryFd directory = session.handle(step.args().text("on"), DirectoryFd.class);
    SysfsNode node = directory.directory().child(step.args().text("name"));
    if (!(node instanceof SysfsAttribute attribute)) {
      throw new ErrnoException(Errno.ENOENT, "there is no '" + step.args().text("name") + "'");
    }
    OpenMode mode = step.args().text("flags").contains("O_WRONLY") ? OpenMode.WRITE : OpenMode.READ;
    session.name(Session.RESULT, new AttributeFd(attribute.open(mode)));
    return Answers.object().put("fd", true);
  }

  private static JsonNode makeDirectory(Step step, Session session) {
    session.syscalls().makeDirectory(session.path(step.args()));
    return Answers.ret(0);
  }

  private static JsonNode unlink(Step step, Session session) {
    session.syscalls().unlink(session.path(step.args()));
    return Answers.ret(0);
  }
}
