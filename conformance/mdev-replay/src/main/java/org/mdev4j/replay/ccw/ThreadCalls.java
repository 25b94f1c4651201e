package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.function.Supplier;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.Syscalls;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.TranscriptException;
import org.mdev4j.replay.vfio.VfioUser;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * Calls that another thread makes. What they act on is looked up beforehand, by the thread that
 * replays, to which the session belongs; the call itself touches nothing else.
 */
final class ThreadCalls {
  private ThreadCalls() {}

  /** Prepares a call, to be made by the thread of that name. */
  static Supplier<JsonNode> prepare(String thread, Args args, Session session) {
    String call = args.text("call", args.text("op", ""));
    return switch (call) {
      case "pwrite", "io_start" -> write(thread, args, session);
      case "pread" -> read(args, session);
      case "close" -> close(args.text("fd", args.text("on", CcwOps.DEVICE)), session);
      case "ioctl" -> request(thread, args, session);
      case "VFIO_IOMMU_UNMAP_DMA" -> unmap(args, session);
      case "VFIO_GROUP_GET_DEVICE_FD" -> open(args, session);
      case "write_file", "write" -> writeFile(args, session);
      default -> {
        String words = call.toUpperCase(Locale.ROOT);
        if (words.contains("RESET")) {
          yield reset(thread, args, session);
        }
        if (words.contains("UNMAP")) {
          yield unmap(args, session);
        }
        throw new TranscriptException("what a thread does: " + args);
      }
    };
  }

  private static String fd(Args args) {
    return args.text("fd", args.text("on", CcwOps.DEVICE));
  }

  private static Supplier<JsonNode> write(String thread, Args args, Session session) {
    DeviceFile device = RegionOps.device(args, session);
    long offset = args.address("offset");
    byte[] data = args.has("data") ? args.bytes("data") : new byte[args.size("count")];
    UserBuffer source = RegionOps.source(args, data, session);
    CcwShadow shadow = session.shadows().subchannel(device);
    if (shadow != null) {
      shadow.wroteMeanwhile(offset, data.length);
      if (!args.has("source")) {
        shadow.threads().starts(thread);
      }
    }
    return () -> Answers.ret(device.write(offset, source));
  }

  private static Supplier<JsonNode> read(Args args, Session session) {
    DeviceFile device = RegionOps.device(args, session);
    long offset = args.address("offset");
    int count = args.size("count");
    return () -> RegionOps.bytes(VfioUser.pread(device, offset, count));
  }

  private static Supplier<JsonNode> close(String name, Session session) {
    AutoCloseable file = session.forget(name);
    return () -> {
      try {
        file.close();
      } catch (RuntimeException failure) {
        throw failure;
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
      return Answers.ret(0);
    };
  }

  private static Supplier<JsonNode> request(String thread, Args args, Session session) {
    return switch (args.text("request")) {
      case "VFIO_DEVICE_RESET" -> reset(thread, args, session);
      case "VFIO_IOMMU_UNMAP_DMA" -> unmap(args, session);
      default -> () -> RequestOps.request(args, session);
    };
  }

  private static Supplier<JsonNode> reset(String thread, Args args, Session session) {
    DeviceFile device = session.handle(fd(args), DeviceFile.class);
    CcwShadow shadow = session.shadows().subchannel(device);
    if (shadow != null) {
      shadow.threads().resets(thread);
    }
    return () -> {
      device.reset();
      return Answers.ret(0);
    };
  }

  private static Supplier<JsonNode> unmap(Args args, Session session) {
    Container container =
        session.handle(args.text("on", args.text("fd", CcwOps.CONTAINER)), Container.class);
    DmaOps.unmapped(container, args, session);
    return () -> DmaOps.unmap(container, args);
  }

  private static Supplier<JsonNode> open(Args args, Session session) {
    GroupFile group = RequestOps.file(args, session, GroupFile.class);
    String name = args.text("name");
    return () -> {
      group.openDevice(name).close();
      return Answers.ret(0);
    };
  }

  private static Supplier<JsonNode> writeFile(Args args, Session session) {
    Syscalls syscalls = session.syscalls();
    String path = session.path(args);
    byte[] data = args.data();
    return () -> syscalls.write(path, data);
  }
}
