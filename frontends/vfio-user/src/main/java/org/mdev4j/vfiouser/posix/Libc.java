package org.mdev4j.vfiouser.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The functions of the C library that this module calls. Each answers as C does, but with {@code
 * -errno} for a failure.
 *
 * <p>Thread-safe, as C is. Two of them are on every message's way and take the caller's memory for
 * {@code errno}; the others bring their own.
 */
@SuppressWarnings("restricted") // the launcher enables native access for this module
final class Libc {
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ECONNREFUSED = 111;

  private static final short READABLE = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = ints("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle SOCKETPAIR =
      ints("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle BIND = ints("bind", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CONNECT = ints("connect", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LISTEN = ints("listen", JAVA_INT, JAVA_INT);
  private static final MethodHandle ACCEPT = ints("accept4", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle SETSOCKOPT =
      ints("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SHUTDOWN = ints("shutdown", JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = ints("close", JAVA_INT);
  private static final MethodHandle FCHMOD = ints("fchmod", JAVA_INT, JAVA_INT);
  private static final MethodHandle POLL = ints("poll", ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FSTATFS = ints("fstatfs", JAVA_INT, ADDRESS);
  private static final MethodHandle FCNTL =
      handle(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle MUNMAP = ints("munmap", ADDRESS, JAVA_LONG);
  private static final MethodHandle MMAP =
      longs("mmap", ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle PREAD = longs("pread", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PWRITE =
      longs("pwrite", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle READLINK = longs("readlink", ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle RECVMSG = longs("recvmsg", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SENDMSG = longs("sendmsg", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SEND = longs("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

  private Libc() {}

  /** Memory into which a call can put its {@code errno}; for one call at a time. */
  static MemorySegment errnoMemory(Arena arena) {
    return arena.allocate(STATE);
  }

  static int socket(int domain, int type) {
    return own("socket", state -> (int) SOCKET.invokeExact(state, domain, type, 0));
  }

  static int socketpair(int domain, int type, MemorySegment two) {
    return own("socketpair", state -> (int) SOCKETPAIR.invokeExact(state, domain, type, 0, two));
  }

  static int bind(int descriptor, MemorySegment address) {
    int size = (int) address.byteSize();
    return own("bind", state -> (int) BIND.invokeExact(state, descriptor, address, size));
  }

  static int connect(int descriptor, MemorySegment address) {
    int size = (int) address.byteSize();
    return own("connect", state -> (int) CONNECT.invokeExact(state, descriptor, address, size));
  }

  static int listen(int descriptor, int backlog) {
    return own("listen", state -> (int) LISTEN.invokeExact(state, descriptor, backlog));
  }

  static int accept(int descriptor, int flags) {
    MemorySegment none = MemorySegment.NULL;
    return own("accept4", state -> (int) ACCEPT.invokeExact(state, descriptor, none, none, flags));
  }

  static int setsockopt(int descriptor, int level, int name, MemorySegment value) {
    int size = (int) value.byteSize();
    return own(
        "setsockopt",
        state -> (int) SETSOCKOPT.invokeExact(state, descriptor, level, name, value, size));
  }

  static int shutdown(int descriptor, int how) {
    return own("shutdown", state -> (int) SHUTDOWN.invokeExact(state, descriptor, how));
  }

  static int close(int descriptor) {
    return own("close", state -> (int) CLOSE.invokeExact(state, descriptor));
  }

  static int fchmod(int descriptor, int mode) {
    return own("fchmod", state -> (int) FCHMOD.invokeExact(state, descriptor, mode));
  }

  /** Waits for one descriptor; what has happened there, 0 if the time has passed. */
  static int poll(int descriptor, short events, int millis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(8, 4);
      one.set(JAVA_INT, 0, descriptor);
      one.set(JAVA_SHORT, 4, events);
      int ready = own("poll", state -> (int) POLL.invokeExact(state, one, 1L, millis));
      return ready <= 0 ? ready : one.get(JAVA_SHORT, 6);
    }
  }

  /** Waits for ever until one of the descriptors can be read. */
  static void pollAny(int... descriptors) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(8L * descriptors.length, 4);
      for (int i = 0; i < descriptors.length; i++) {
        all.set(JAVA_INT, 8L * i, descriptors[i]);
        all.set(JAVA_SHORT, 8L * i + 4, READABLE);
      }
      long count = descriptors.length;
      var _ = own("poll", state -> (int) POLL.invokeExact(state, all, count, -1));
    }
  }

  /** The magic number of the file's file system. */
  static long fileSystem(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statfs = arena.allocate(256, 8);
      int result = own("fstatfs", state -> (int) FSTATFS.invokeExact(state, descriptor, statfs));
      return result < 0 ? result : statfs.get(JAVA_LONG, 0);
    }
  }

  static int fcntl(int descriptor, int command, int argument) {
    return own("fcntl", state -> (int) FCNTL.invokeExact(state, descriptor, command, argument));
  }

  static long mmap(long length, int protection, int flags, int descriptor, long offset) {
    MemorySegment anywhere = MemorySegment.NULL;
    return ownLong(
        "mmap",
        state ->
            (long)
                MMAP.invokeExact(state, anywhere, length, protection, flags, descriptor, offset));
  }

  static int munmap(MemorySegment address, long length) {
    return own("munmap", state -> (int) MUNMAP.invokeExact(state, address, length));
  }

  static long pread(int descriptor, MemorySegment into, long offset) {
    long size = into.byteSize();
    return ownLong(
        "pread", state -> (long) PREAD.invokeExact(state, descriptor, into, size, offset));
  }

  static long pwrite(int descriptor, MemorySegment from, long offset) {
    long size = from.byteSize();
    return ownLong(
        "pwrite", state -> (long) PWRITE.invokeExact(state, descriptor, from, size, offset));
  }

  /** What a descriptor of this process is open on, as {@code /proc} tells; empty for none. */
  static String target(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/self/fd/" + descriptor);
      MemorySegment text = arena.allocate(256);
      long length =
          ownLong("readlink", state -> (long) READLINK.invokeExact(state, path, text, 255L));
      return length <= 0 ? "" : text.getString(0);
    }
  }

  /**
   * @param state {@link #errnoMemory} of the caller
   */
  static long recvmsg(MemorySegment state, int descriptor, MemorySegment message, int flags) {
    try {
      long result = (long) RECVMSG.invokeExact(state, descriptor, message, flags);
      return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "recvmsg");
    }
  }

  /**
   * @param state {@link #errnoMemory} of the caller
   */
  static long sendmsg(MemorySegment state, int descriptor, MemorySegment message, int flags) {
    try {
      long result = (long) SENDMSG.invokeExact(state, descriptor, message, flags);
      return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "sendmsg");
    }
  }

  /**
   * @param state {@link #errnoMemory} of the caller
   */
  static long send(
      MemorySegment state, int descriptor, MemorySegment bytes, long length, int flags) {
    try {
      long result = (long) SEND.invokeExact(state, descriptor, bytes, length, flags);
      return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "send");
    }
  }

  /** Lets a result pass that is no failure. */
  static int check(int result, Errno errno, String what) {
    if (result < 0) {
      throw new ErrnoException(errno, what + ": error " + -result);
    }
    return result;
  }

  @FunctionalInterface
  private interface IntCall {
    int run(MemorySegment state) throws Throwable;
  }

  @FunctionalInterface
  private interface LongCall {
    long run(MemorySegment state) throws Throwable;
  }

  private static int own(String name, IntCall call) {
    return (int) ownLong(name, call::run);
  }

  private static long ownLong(String name, LongCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoMemory(arena);
      long result = call.run(state);
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, name);
    }
  }

  private static MethodHandle ints(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle longs(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(JAVA_LONG, arguments));
  }

  private static MethodHandle handle(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = CAPTURE;
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
  }
}
