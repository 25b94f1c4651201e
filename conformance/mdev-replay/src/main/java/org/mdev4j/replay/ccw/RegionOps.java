package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.shadow.DmaShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.LazyMemory;
import org.mdev4j.replay.vfio.SlowDisk;
import org.mdev4j.replay.vfio.VfioUser;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.model.UserBuffer;

/** Reads and writes of a subchannel's regions, and the other calls that its file takes. */
final class RegionOps {
  private static final int POLLIN = 1;
  private static final int POLLOUT = 4;

  private RegionOps() {}

  static void addTo(Ops ops) {
    ops.add("pread", (step, session) -> pread(step.args(), session), RegionJudge.READ);
    ops.add("pwrite", (step, session) -> pwrite(step.args(), session));
    ops.add("pread_bad_pointer", RegionOps::badRead);
    ops.add("pwrite_bad_pointer", RegionOps::badWrite);
    ops.add("lseek", RegionOps::seek);
    ops.add("read", RegionOps::read, RegionJudge.READ);
    ops.add("mmap", RegionOps::map);
    ops.add("poll", RegionOps::poll);
    ops.calls().add("pread", RegionOps::pread);
    ops.calls().add("pwrite", RegionOps::pwrite);
  }

  /** The device's file; {@code EBADF} if it is closed. */
  static DeviceFile device(Args args, Session session) {
    return session.handle(args.text("on", CcwOps.DEVICE), DeviceFile.class);
  }

  /** An offset below 0 never gets to the device. */
  private static long offset(Args args) {
    long offset = args.address("offset");
    if (offset < 0) {
      throw new ErrnoException(Errno.EINVAL, "an offset below 0: " + offset);
    }
    return offset;
  }

  static ObjectNode pread(Args args, Session session) {
    DeviceFile device = device(args, session);
    CcwShadow shadow = session.shadows().subchannel(device);
    long offset = offset(args);
    byte[] data = VfioUser.pread(device, offset, args.size("count"));
    if (shadow != null) {
      shadow.read(offset, data.length);
    }
    return bytes(data);
  }

  static ObjectNode pwrite(Args args, Session session) {
    DeviceFile device = device(args, session);
    byte[] data = args.bytes("data");
    long offset = offset(args);
    CcwShadow shadow = session.shadows().subchannel(device);
    try {
      long written = device.write(offset, source(args, data, session));
      if (shadow != null) {
        shadow.wrote(offset, data, null, memory(session));
      }
      return Answers.ret(written);
    } catch (ErrnoException refusal) {
      if (shadow != null) {
        shadow.wrote(offset, data, refusal.errno(), memory(session));
      }
      throw refusal;
    }
  }

  private static @Nullable DmaShadow memory(Session session) {
    return session.named(CcwOps.CONTAINER) instanceof Container container
        ? session.shadows().of(container)
        : null;
  }

  /** Where the data of a write come from: plain memory, or a page that has to be filled first. */
  static UserBuffer source(Args args, byte[] data, Session session) {
    LazyMemory lazy = lazy(args, session);
    return lazy == null
        ? UserBuffer.of(MemorySegment.ofArray(data))
        : lazy.buffer(
            args.has("source_offset") ? args.address("source_offset") : 0, args.size("count"));
  }

  private static @Nullable LazyMemory lazy(Args args, Session session) {
    return args.has("source") && session.named(MemoryOps.LAZY) instanceof LazyMemory lazy
        ? lazy
        : null;
  }

  private static JsonNode badRead(Step step, Session session) {
    Args args = step.args();
    DeviceFile device = device(args, session);
    return Answers.ret(device.read(offset(args), UserBuffer.bad(args.size("count"))));
  }

  private static JsonNode badWrite(Step step, Session session) {
    Args args = step.args();
    DeviceFile device = device(args, session);
    return Answers.ret(device.write(offset(args), UserBuffer.bad(args.size("count"))));
  }

  private static JsonNode seek(Step step, Session session) {
    throw device(step.args(), session).seek();
  }

  private static JsonNode read(Step step, Session session) {
    byte[] data = new byte[step.args().size("count")];
    long read = device(step.args(), session).read(MemorySegment.ofArray(data));
    return bytes(Arrays.copyOf(data, Math.toIntExact(read)));
  }

  private static JsonNode map(Step step, Session session) {
    Args args = step.args();
    long length = args.address("length");
    if (session.named(args.text("on")) instanceof SlowDisk) {
      String as = args.text("as", args.text("on"));
      var _ = MemoryOps.mapped(as, length, session);
      return Answers.object().put("ret", "ok");
    }
    session.name(
        args.text("as", Session.RESULT),
        device(args, session).map(offset(args), length, args.flag("shared")));
    return Answers.object().put("ret", "ok");
  }

  /** A file without a poll of its own is always ready; a device's is such a file. */
  private static JsonNode poll(Step step, Session session) {
    var _ = device(step.args(), session);
    String events = step.args().text("events");
    int ready =
        (events.contains("POLLIN") ? POLLIN : 0) | (events.contains("POLLOUT") ? POLLOUT : 0);
    return Answers.ret(ready == 0 ? 0 : 1).put("revents", "0x" + Integer.toHexString(ready));
  }

  static ObjectNode bytes(byte[] data) {
    return Answers.ret(data.length).put("data", HexFormat.of().formatHex(data));
  }
}
