package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.LazyMemory;
import org.mdev4j.replay.vfio.SlowDisk;
import org.mdev4j.replay.vfio.SlowMemory;
import org.mdev4j.replay.vfio.UserMemory;
import org.mdev4j.vfio.dma.GuestMemory;

/** The probe's own memory: what its guest would have. */
final class MemoryOps {
  /** The area that {@code mem_*} act on, whether it is mapped or not. */
  private static final String ARENA = "MEM";

  /** Where it is mapped. */
  private static final long ARENA_IOVA = 0x100000;

  /** The area that a slow disk is behind. */
  private static final String SLOW = "SLOW";

  /** The area that is empty until the probe fills it. */
  static final String LAZY = "lazy";

  private static final int PAGE = 4096;

  /** How long a page of the slow disk takes. */
  private static final Duration SLOW_PAGE = Duration.ofSeconds(3);

  private MemoryOps() {}

  static void addTo(Ops ops) {
    ops.addQuiet("mem_write", MemoryOps::write);
    ops.addQuiet("mem_fill", MemoryOps::fill);
    ops.addQuiet("mem_read", MemoryOps::read);
    ops.calls().add("memory", MemoryOps::allocate);
    ops.calls().add("free_memory", MemoryOps::free);
  }

  /** The arena: its bytes. */
  static MemorySegment arena(Session session) {
    return session.handle(ARENA, UserMemory.class).segment();
  }

  private static MemorySegment slice(Args args, long size, Session session) {
    MemorySegment arena = arena(session);
    long offset = args.address("iova") - ARENA_IOVA;
    if (offset < 0 || size < 0 || offset > arena.byteSize() - size) {
      throw new ErrnoException(Errno.EFAULT, args.text("iova") + " is not in the probe's memory");
    }
    return arena.asSlice(offset, size);
  }

  private static JsonNode write(Step step, Session session) {
    byte[] data = step.args().bytes("data");
    slice(step.args(), data.length, session).copyFrom(MemorySegment.ofArray(data));
    return done();
  }

  private static JsonNode fill(Step step, Session session) {
    Args args = step.args();
    slice(args, args.number("count"), session).fill((byte) args.number("value"));
    return done();
  }

  private static JsonNode read(Step step, Session session) {
    Args args = step.args();
    byte[] data = slice(args, args.number("count"), session).toArray(ValueLayout.JAVA_BYTE);
    return Answers.object().put("data", HexFormat.of().formatHex(data));
  }

  private static ObjectNode done() {
    return Answers.object().put("ok", "yes");
  }

  private static JsonNode allocate(Args args, Session session) {
    String name = args.text("as");
    int size = args.size("size");
    String kind = args.text("kind", "").toLowerCase(Locale.ROOT);
    if (name.equals(SLOW) || kind.contains("slow") || kind.contains("disk")) {
      session.name(name, new SlowMemory(size, SLOW_PAGE));
    } else if (name.equals(LAZY) || kind.contains(LAZY) || kind.contains("userfault")) {
      session.name(name, new LazyMemory((size + PAGE - 1) / PAGE));
    } else {
      session.name(name, UserMemory.allocate(size));
    }
    return Answers.ret(0);
  }

  private static JsonNode free(Args args, Session session) {
    session.close(args.text("name"));
    return Answers.ret(0);
  }

  /**
   * The memory that a mapping is made of.
   *
   * @param size of the mapping, for an area that begins to exist with it
   */
  static GuestMemory guest(Args args, long size, Session session) {
    String name = args.text("memory", ARENA);
    return switch (session.named(name)) {
      case UserMemory memory -> GuestMemory.of(memory.segment());
      case SlowMemory memory -> memory;
      case LazyMemory memory -> memory;
      case SlowDisk disk -> mapped(name, size, session);
      case null -> mapped(name, size, session);
      default -> throw new ErrnoException(Errno.EFAULT, "'" + name + "' is no memory");
    };
  }

  /** The bytes of what was mapped; null for memory that can't be looked at without a wait. */
  static @Nullable MemorySegment bytes(Args args, long offset, long size, Session session) {
    return session.named(args.text("memory", ARENA)) instanceof UserMemory memory
        ? memory.segment().asSlice(offset, size)
        : null;
  }

  /** What a file on the slow disk looks like through a mapping. */
  static SlowMemory mapped(String name, long size, Session session) {
    if (!name.equals(SLOW) && !(session.named(name) instanceof SlowDisk)) {
      throw new ErrnoException(Errno.EFAULT, "there is no memory '" + name + "'");
    }
    SlowMemory memory = new SlowMemory(Math.toIntExact(size), SLOW_PAGE);
    session.name(name, memory);
    return memory;
  }
}
