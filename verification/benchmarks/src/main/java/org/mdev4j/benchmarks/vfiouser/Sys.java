package org.mdev4j.benchmarks.vfiouser;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The system calls of both sides of the comparison, as bare as they get. */
@SuppressWarnings("restricted") // run with native access
final class Sys {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SOCKET = of("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle PAIR =
      of("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle CONNECT = of("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SEND =
      of("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle RECV =
      of("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = of("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle AFFINITY =
      of("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final int WAIT_FOR_ALL = 0x100;
  private static final int NO_SIGNAL = 0x4000;

  private Sys() {}

  private static MethodHandle of(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /** Keeps this thread, and those that it starts from now on, on the first CPU. */
  static void stayOnOneCpu() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocateFrom(JAVA_LONG, 1);
      if ((int) AFFINITY.invokeExact(0, 8L, mask) != 0) {
        throw new IllegalStateException("can't stay on one CPU");
      }
    }
  }

  static int[] pair() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment two = arena.allocate(JAVA_INT, 2);
      if ((int) PAIR.invokeExact(1, 1, 0, two) != 0) {
        throw new IllegalStateException("no pair of sockets");
      }
      return two.toArray(JAVA_INT);
    }
  }

  static int connect(Path path) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      int socket = (int) SOCKET.invokeExact(1, 1, 0);
      MemorySegment address = arena.allocate(110);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
      address.setString(2, path.toString());
      if ((int) CONNECT.invokeExact(socket, address, 110) != 0) {
        throw new IllegalStateException("nobody at " + path);
      }
      return socket;
    }
  }

  static void send(int socket, MemorySegment bytes, long count) throws Throwable {
    if ((long) SEND.invokeExact(socket, bytes, count, NO_SIGNAL) != count) {
      throw new IllegalStateException("not sent");
    }
  }

  /** Receives all of {@code count} bytes; false at the end. */
  static boolean receive(int socket, MemorySegment into, long count) throws Throwable {
    return (long) RECV.invokeExact(socket, into, count, WAIT_FOR_ALL) == count;
  }

  static void close(int socket) throws Throwable {
    var _ = (int) CLOSE.invokeExact(socket);
  }
}
