package org.mdev4j.replay.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.vfio.VfioUser;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;

/**
 * The calls that a step makes besides its own, hidden or listed: {@code kernel/OPS.md}, section 1.
 *
 * <p>Each kind of call is a {@link Call} under its name; families of ops add theirs.
 */
public final class Calls {
  private static final String DEVICES = "/sys/bus/mdev/devices";
  private static final int UNLOAD_TRIES = 100;

  /** One kind of call. */
  @FunctionalInterface
  public interface Call {
    /** Makes the call and returns what it gave, in a transcript's words. */
    JsonNode make(Args args, Session session) throws InterruptedException;
  }

  private final Map<String, Call> kinds = new HashMap<>();

  /** The calls on {@code /sys} and on the probe itself. */
  public Calls() {
    add("write", (args, session) -> session.syscalls().write(session.path(args), args.data()));
    add("read", Calls::read);
    add("pread", Calls::pread);
    add("open", Calls::open);
    add("close", Calls::close);
    add("vopen", Calls::openDevice);
    add("vclose", Calls::closeDevice);
    add("open_group", Calls::openGroup);
    add("GET_DEVICE_FD", Calls::deviceFd);
    add("sleep", Calls::sleep);
    add("drain", Calls::drain);
    add("cleanup", (args, session) -> cleanUp(session));
    add("reload", (args, session) -> reload(session, args.text("module")));
    add("if_absent", (args, session) -> runIf(args, session, false));
    add("if_present", (args, session) -> runIf(args, session, true));
  }

  /** Adds a kind of call, or replaces it. */
  public void add(String kind, Call call) {
    kinds.put(kind, call);
  }

  /** The kind of that name, or null. */
  public @Nullable Call kind(String name) {
    return kinds.get(name);
  }

  /** Makes hidden calls: in order, whatever they give. */
  public void runHidden(List<Args> calls, Session session) throws InterruptedException {
    for (Args call : calls) {
      var _ = run(call, session);
    }
  }

  /** Makes the calls of a step; each that names a result field fills it. */
  public ObjectNode run(List<Args> calls, Session session) throws InterruptedException {
    ObjectNode results = Answers.object();
    for (Args call : calls) {
      JsonNode given = run(call, session);
      String field = call.textOrNull("gives");
      if (field != null) {
        // A field holds the bare content where there is one.
        results.set(field, given.has("data") ? given.path("data") : given);
      }
    }
    return results;
  }

  /** Makes one call; a refusal is an answer too. */
  public JsonNode run(Args call, Session session) throws InterruptedException {
    Call kind = kinds.get(call.text("call"));
    if (kind == null) {
      throw new UnsupportedOperationException("there is no call '" + call.text("call") + "' yet");
    }
    try {
      return kind.make(call, session);
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal);
    }
  }

  private static JsonNode read(Args args, Session session) {
    AttributeFd file = session.handle(args.text("fd"), AttributeFd.class);
    return Answers.data(file.read(args.size("size")));
  }

  private static JsonNode pread(Args args, Session session) {
    if (!args.has("fd")) {
      DeviceFile device = session.handle(args.text("on"), DeviceFile.class);
      return Answers.data(VfioUser.pread(device, args.number("fpos"), args.size("size")));
    }
    AttributeFd file = session.handle(args.text("fd"), AttributeFd.class);
    return Answers.data(file.pread(args.number("off"), args.size("size")));
  }

  private static JsonNode open(Args args, Session session) {
    String name = args.textOrNull("as");
    session.name(
        name == null ? Session.RESULT : name, session.open(session.path(args), args.text("flags")));
    return Answers.object().put("fd", true);
  }

  private static JsonNode openDevice(Args args, Session session) {
    session.openDevice(args.text("uuid"), args.text("as"));
    return Answers.object().put("fd", true);
  }

  private static JsonNode closeDevice(Args args, Session session) {
    session.closeDevice(args.text("fd"));
    return Answers.ret(0);
  }

  private static JsonNode openGroup(Args args, Session session) {
    session.name(args.text("as"), session.vfio().openGroup(args.text("uuid")));
    return Answers.object().put("fd", true);
  }

  private static JsonNode deviceFd(Args args, Session session) {
    GroupFile group = session.handle(args.text("on"), GroupFile.class);
    session.name(args.text("as"), group.openDevice(args.text("name")));
    return Answers.object().put("fd", true);
  }

  private static JsonNode close(Args args, Session session) {
    session.close(args.text("fd"));
    return Answers.ret(0);
  }

  private static JsonNode sleep(Args args, Session session) throws InterruptedException {
    Thread.sleep(args.number("ms"));
    return Answers.ret(0);
  }

  private static JsonNode drain(Args args, Session session) {
    session.inbox().drain();
    return Answers.ret(0);
  }

  /** Writes 1 to every device's remove, then forgets what that announced. */
  static JsonNode cleanUp(Session session) {
    for (String name : session.syscalls().names(DEVICES)) {
      var _ = session.syscalls().write(DEVICES + "/" + name + "/remove", "1".getBytes(ISO_8859_1));
    }
    session.inbox().drain();
    return Answers.ret(0);
  }

  /** Unloads a module, trying again while it is in use, and loads it without parameters. */
  public static JsonNode reload(Session session, String module) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        session.host().modules().rmmod(module);
        break;
      } catch (ErrnoException inUse) {
        if (inUse.errno() != Errno.EAGAIN || tries == UNLOAD_TRIES) {
          return Answers.errno(inUse);
        }
        Thread.sleep(20);
      }
    }
    session.insmod(module, "");
    return Answers.ret(0);
  }

  private static JsonNode runIf(Args args, Session session, boolean present)
      throws InterruptedException {
    if (session.syscalls().exists(session.path(args)) == present) {
      for (Args call : args.calls("do")) {
        var _ = session.calls().run(call, session);
      }
    }
    return Answers.ret(0);
  }
}
