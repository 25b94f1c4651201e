package org.mdev4j.vfiouser.raw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** System calls for tests. */
@SuppressWarnings("restricted")
public final class C {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SOCKET = of("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle CONNECT = of("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = of("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle SENDMSG = of("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final int TIMED_OUT = 11;
  private static final MethodHandle RECVMSG =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("recvmsg"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle EVENTFD = of("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle READ = of("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE = of("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle MEMFD = of("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle TRUNCATE = of("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle PIPE = of("pipe", JAVA_INT, ADDRESS);
  private static final MethodHandle MMAP =
      of("mmap", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle TIMEOUT =
      of("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

  private C() {}

  private static MethodHandle of(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /** A connected socket that gives up waiting after {@code seconds}. */
  static int connect(Path path, int seconds) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) SOCKET.invokeExact(1, 1, 0);
      MemorySegment address = arena.allocate(110);
      address.set(JAVA_SHORT, 0, (short) 1);
      address.setString(2, path.toString());
      int result = (int) CONNECT.invokeExact(fd, address, 110);
      if (result != 0) {
        close(fd);
        throw new IllegalStateException("nobody at " + path);
      }
      MemorySegment time = arena.allocate(JAVA_LONG, 2);
      time.set(JAVA_LONG, 0, seconds);
      var _ = (int) TIMEOUT.invokeExact(fd, 1, 20, time, 16);
      return fd;
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Sends bytes, all of them, with descriptors at the first; false if the peer has gone. */
  static boolean send(int fd, byte[] bytes, int... descriptors) {
    int sent = 0;
    while (sent < bytes.length) {
      long more = sendSome(fd, bytes, sent, sent == 0 ? descriptors : new int[0]);
      if (more < 0) {
        return false;
      }
      sent += (int) more;
    }
    return true;
  }

  private static long sendSome(int fd, byte[] bytes, int from, int[] descriptors) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(bytes.length - from);
      MemorySegment.copy(bytes, from, data, JAVA_BYTE, 0, bytes.length - from);
      MemorySegment message = message(arena, data, descriptors.length);
      if (descriptors.length > 0) {
        MemorySegment control = message.get(ADDRESS, 32).reinterpret(16 + 4L * descriptors.length);
        control.set(JAVA_LONG, 0, 16 + 4L * descriptors.length);
        control.set(JAVA_INT, 8, 1);
        control.set(JAVA_INT, 12, 1);
        for (int i = 0; i < descriptors.length; i++) {
          control.set(JAVA_INT, 16 + 4L * i, descriptors[i]);
        }
      }
      return (long) SENDMSG.invokeExact(fd, message, 0x4000);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Receives exactly {@code count} bytes, fewer at the end; descriptors are added to the list. */
  static byte[] receive(int fd, int count, List<Integer> descriptors) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(Math.max(1, count));
      int have = 0;
      while (have < count) {
        MemorySegment message = message(arena, data.asSlice(have, count - have), 32);
        MemorySegment errno = arena.allocate(4, 4);
        long more = (long) RECVMSG.invokeExact(errno, fd, message, 0x40000000);
        if (more < 0 && errno.get(JAVA_INT, 0) == TIMED_OUT) {
          throw new IllegalStateException("nothing came for " + count + " bytes");
        }
        if (more <= 0) {
          break;
        }
        long length = message.get(JAVA_LONG, 40);
        if (length > 0) {
          MemorySegment control = message.get(ADDRESS, 32).reinterpret(length);
          for (long at = 16; at + 4 <= control.get(JAVA_LONG, 0); at += 4) {
            descriptors.add(control.get(JAVA_INT, at));
          }
        }
        have += (int) more;
      }
      return data.asSlice(0, have).toArray(JAVA_BYTE);
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static MemorySegment message(Arena arena, MemorySegment data, int descriptors) {
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(ADDRESS, 0, data);
    vector.set(JAVA_LONG, 8, data.byteSize());
    MemorySegment message = arena.allocate(56, 8);
    message.set(ADDRESS, 16, vector);
    message.set(JAVA_LONG, 24, 1);
    if (descriptors > 0) {
      long size = (16 + 4L * descriptors + 7) & -8;
      message.set(ADDRESS, 32, arena.allocate(size, 8));
      message.set(JAVA_LONG, 40, size);
    }
    return message;
  }

  public static void close(int fd) {
    try {
      var _ = (int) CLOSE.invokeExact(fd);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** A non-blocking eventfd with that count. */
  public static int eventfd(int count) {
    try {
      return (int) EVENTFD.invokeExact(count, 0x80800);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** One that blocks, as a careless client makes it. */
  public static int blockingEventfd() {
    try {
      return (int) EVENTFD.invokeExact(0, 0);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Takes an eventfd's count; 0 if it has none. */
  public static long take(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(8, 8);
      long read = (long) READ.invokeExact(fd, value, 8L);
      return read == 8 ? value.get(JAVA_LONG, 0) : 0;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static void add(int eventfd, long count) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(8, 8);
      value.set(JAVA_LONG, 0, count);
      var _ = (long) WRITE.invokeExact(eventfd, value, 8L);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static int memfd(long size) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) MEMFD.invokeExact(arena.allocateFrom("guest"), 0);
      truncate(fd, size);
      return fd;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static int truncate(int fd, long size) {
    try {
      return (int) TRUNCATE.invokeExact(fd, size);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** A pipe's two ends. */
  public static int[] pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment two = arena.allocate(8, 4);
      var _ = (int) PIPE.invokeExact(two);
      return new int[] {two.get(JAVA_INT, 0), two.get(JAVA_INT, 4)};
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Maps a file, shared, until the process ends. */
  public static MemorySegment map(int fd, long size) {
    try {
      MemorySegment nowhere = MemorySegment.NULL;
      long address = (long) MMAP.invokeExact(nowhere, size, 3, 1, fd, 0L);
      return MemorySegment.ofAddress(address).reinterpret(size);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** What the process's descriptors are open on, sorted. */
  public static List<String> openFiles() {
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      all.forEach(
          each -> {
            try {
              files.add(Files.readSymbolicLink(each).toString().replaceAll("[0-9]+", "N"));
            } catch (IOException gone) {
              // It was the listing's own.
            }
          });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    files.sort(null);
    return files;
  }
}
