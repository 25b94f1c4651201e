package org.mdev4j.fuse.linux;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The functions of the C library that mounting needs. Each answers as a system call does: a result
 * of 0 or more, or a negative errno. Numbers of flags are those that x86-64 and arm64 share.
 *
 * <p>Thread-safe. The calls block as the system's do; call them from platform threads, since a
 * virtual one would block its carrier.
 */
@SuppressWarnings("restricted") // the launcher enables native access for this module
public final class Libc {
  /** For {@link #open}. */
  public static final int O_RDONLY = 0;

  /** For {@link #open}. */
  public static final int O_RDWR = 2;

  /** For {@link #open}. */
  public static final int O_NONBLOCK = 0x800;

  /** For {@link #open}. */
  public static final int O_CLOEXEC = 0x80000;

  /** For {@link #mount}: set-user-ID programs are not obeyed. */
  public static final long MS_NOSUID = 0x2;

  /** For {@link #mount}: device nodes can't be opened. */
  public static final long MS_NODEV = 0x4;

  /** For {@link #mount}: programs can't be run. */
  public static final long MS_NOEXEC = 0x8;

  /** For {@link #mount}: shows a directory in a second place. */
  public static final long MS_BIND = 0x1000;

  /** For {@link #mount}: with all that is mounted below. */
  public static final long MS_REC = 0x4000;

  /** For {@link #mount}: later mounts are not passed on, in either direction. */
  public static final long MS_PRIVATE = 0x40000;

  /** For {@link #umount}: ends what still waits for the file system. */
  public static final int MNT_FORCE = 0x1;

  /** For {@link #umount}: out of sight now, gone with its last user. */
  public static final int MNT_DETACH = 0x2;

  /** For {@link #unshare}: a mount namespace, for the calling thread and what it starts. */
  public static final int CLONE_NEWNS = 0x20000;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final StructLayout POLLFD =
      MemoryLayout.structLayout(
          INT.withName("fd"), SHORT.withName("events"), SHORT.withName("revents"));
  private static final long EVENTS = POLLFD.byteOffset(PathElement.groupElement("events"));
  private static final short POLLIN = 0x1;
  private static final int FOREVER = -1;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  /** Where a call of this thread leaves its errno; a thread makes one call at a time. */
  private static final ThreadLocal<MemorySegment> ERRNO_OF_CALL =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private static final MethodHandle OPEN = function("open", INT, POINTER, INT);
  private static final MethodHandle CLOSE = function("close", INT, INT);
  private static final MethodHandle READ = function("read", LONG, INT, POINTER, LONG);
  private static final MethodHandle WRITE = function("write", LONG, INT, POINTER, LONG);
  private static final MethodHandle POLL = function("poll", INT, POINTER, LONG, INT);
  private static final MethodHandle MOUNT =
      function("mount", INT, POINTER, POINTER, POINTER, LONG, POINTER);
  private static final MethodHandle UMOUNT = function("umount2", INT, POINTER, INT);
  private static final MethodHandle UNSHARE = function("unshare", INT, INT);

  private Libc() {}

  /** A new file descriptor. */
  public static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = ERRNO_OF_CALL.get();
      return orErrno((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags), state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "open");
    }
  }

  public static int close(int descriptor) {
    try {
      MemorySegment state = ERRNO_OF_CALL.get();
      return orErrno((int) CLOSE.invokeExact(state, descriptor), state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "close");
    }
  }

  /** Reads up to the size of {@code into}; the number of bytes. */
  public static int read(int descriptor, MemorySegment into) {
    try {
      MemorySegment state = ERRNO_OF_CALL.get();
      long count = (long) READ.invokeExact(state, descriptor, into, into.byteSize());
      return orErrno((int) count, state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "read");
    }
  }

  /** Writes the first {@code count} bytes of {@code from}; the number of bytes. */
  public static int write(int descriptor, MemorySegment from, int count) {
    try {
      MemorySegment state = ERRNO_OF_CALL.get();
      return orErrno((int) (long) WRITE.invokeExact(state, descriptor, from, (long) count), state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "write");
    }
  }

  /** Waits until {@code descriptor} can be read, has failed or was hung up; 1 then. */
  public static int pollIn(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = ERRNO_OF_CALL.get();
      MemorySegment polled = arena.allocate(POLLFD);
      polled.set(INT, 0, descriptor);
      polled.set(SHORT, EVENTS, POLLIN);
      return orErrno((int) POLL.invokeExact(state, polled, 1L, FOREVER), state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "poll");
    }
  }

  /** Mounts; a null stands for what the kind of mount doesn't need. */
  public static int mount(
      @Nullable String source,
      String target,
      @Nullable String type,
      long flags,
      @Nullable String data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = ERRNO_OF_CALL.get();
      int result =
          (int)
              MOUNT.invokeExact(
                  state,
                  text(arena, source),
                  text(arena, target),
                  text(arena, type),
                  flags,
                  text(arena, data));
      return orErrno(result, state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "mount");
    }
  }

  /** Unmounts what is mounted on top at {@code target}. */
  public static int umount(String target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = ERRNO_OF_CALL.get();
      return orErrno((int) UMOUNT.invokeExact(state, arena.allocateFrom(target), flags), state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "umount2");
    }
  }

  /** Gives the calling thread something of its own that it shared with the process. */
  public static int unshare(int flags) {
    try {
      MemorySegment state = ERRNO_OF_CALL.get();
      return orErrno((int) UNSHARE.invokeExact(state, flags), state);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "unshare");
    }
  }

  private static MemorySegment text(Arena arena, @Nullable String text) {
    return text == null ? MemorySegment.NULL : arena.allocateFrom(text);
  }

  private static int orErrno(int result, MemorySegment state) {
    return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }
}
