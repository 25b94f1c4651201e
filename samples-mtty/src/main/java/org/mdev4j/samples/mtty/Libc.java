package org.mdev4j.samples.mtty;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;

/** The functions of the C library that a pseudo-terminal needs; negative answers are failures. */
@SuppressWarnings("restricted") // the launcher enables native access for this module
final class Libc {
  private static final int READ_WRITE = 2;
  private static final int NO_CONTROLLING_TERMINAL = 0x100;
  private static final int NONBLOCK = 0x800;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int OPEN = READ_WRITE | NO_CONTROLLING_TERMINAL | NONBLOCK | CLOSE_ON_EXEC;
  private static final int PATH_SIZE = 256;

  /** More than any machine's {@code struct termios}. */
  private static final int SETTINGS_SIZE = 256;

  private static final MethodHandle POSIX_OPENPT = function("posix_openpt", ValueLayout.JAVA_INT);
  private static final MethodHandle GRANTPT = function("grantpt", ValueLayout.JAVA_INT);
  private static final MethodHandle UNLOCKPT = function("unlockpt", ValueLayout.JAVA_INT);
  private static final MethodHandle PTSNAME =
      function("ptsname_r", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final MethodHandle OPEN_FILE =
      function("open", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final MethodHandle TCGETATTR =
      function("tcgetattr", ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
  private static final MethodHandle TCSETATTR =
      function("tcsetattr", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
  private static final MethodHandle CFMAKERAW =
      handle("cfmakeraw", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  private static final MethodHandle READ = transfer("read");
  private static final MethodHandle WRITE = transfer("write");
  private static final MethodHandle CLOSE = function("close", ValueLayout.JAVA_INT);

  private Libc() {}

  private static MethodHandle function(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  private static MethodHandle transfer(String name) {
    return handle(
        name,
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG));
  }

  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  /** A new pseudo-terminal. */
  static int openTerminal() {
    try {
      return (int) POSIX_OPENPT.invokeExact(OPEN);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "posix_openpt");
    }
  }

  /** Lets programs open a new pseudo-terminal; the path to it, null for a failure. */
  static @Nullable String unlockTerminal(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocate(PATH_SIZE);
      boolean done =
          (int) GRANTPT.invokeExact(descriptor) == 0
              && (int) UNLOCKPT.invokeExact(descriptor) == 0
              && (int) PTSNAME.invokeExact(descriptor, path, (long) PATH_SIZE) == 0;
      return done ? path.getString(0) : null;
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "unlocking a pseudo-terminal");
    }
  }

  /** Opens a terminal and makes it pass all bytes unchanged. */
  static int openRaw(String path) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) OPEN_FILE.invokeExact(arena.allocateFrom(path), OPEN);
      if (descriptor < 0) {
        return descriptor;
      }
      MemorySegment settings = arena.allocate(SETTINGS_SIZE);
      if ((int) TCGETATTR.invokeExact(descriptor, settings) == 0) {
        CFMAKERAW.invokeExact(settings);
        if ((int) TCSETATTR.invokeExact(descriptor, 0, settings) == 0) {
          return descriptor;
        }
      }
      close(descriptor);
      return -1;
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "opening " + path);
    }
  }

  static int read(int descriptor, MemorySegment into, int count) {
    try {
      return (int) (long) READ.invokeExact(descriptor, into, (long) count);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "read");
    }
  }

  static void write(int descriptor, MemorySegment from, int count) {
    try {
      var _ = (long) WRITE.invokeExact(descriptor, from, (long) count);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "write");
    }
  }

  static void close(int descriptor) {
    try {
      var _ = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable failure) {
      throw ErrnoException.of(failure, "close");
    }
  }
}
