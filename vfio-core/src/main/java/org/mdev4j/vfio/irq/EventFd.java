package org.mdev4j.vfio.irq;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A real eventfd: a signal wakes the threads that poll the descriptor, also in another process. It
 * can't be listened to here.
 *
 * <p>Thread-safe. After {@link #close} signals go nowhere; the monitor keeps a signal from writing
 * to a descriptor that was closed meanwhile and may belong to another file by now.
 */
public final class EventFd implements Trigger, AutoCloseable {
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int NON_BLOCKING = 0x800;

  private final int descriptor;
  private boolean closed;

  private EventFd(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Makes a new eventfd with count 0, non-blocking and closed on exec.
   *
   * @throws ErrnoException {@code ENOMEM} if there is none to be had
   */
  public static EventFd create() {
    int descriptor = Native.eventfd(CLOSE_ON_EXEC | NON_BLOCKING);
    if (descriptor < 0) {
      throw new ErrnoException(Errno.ENOMEM, "no eventfd can be made");
    }
    return new EventFd(descriptor);
  }

  /** Takes over a descriptor that is an eventfd, for example one that another process sent. */
  public static EventFd of(int descriptor) {
    return new EventFd(descriptor);
  }

  /** The descriptor's number, for handing it on; open until {@link #close}. */
  public int descriptor() {
    return descriptor;
  }

  @Override
  public synchronized void signal() {
    if (!closed) {
      // A count that is full stays full, as it does for the kernel's own signals.
      Native.writeOne(descriptor);
    }
  }

  /** The number of signals since they were last taken; 0 if there were none. */
  public synchronized long take() {
    return closed ? 0 : Native.read(descriptor);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Native.close(descriptor);
    }
  }

  /** The four libc functions that this needs. */
  @SuppressWarnings("restricted") // the launcher enables native access for this module
  private static final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle EVENTFD =
        handle(
            "eventfd",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle WRITE = handle("write", transfer());
    private static final MethodHandle READ = handle("read", transfer());
    private static final MethodHandle CLOSE =
        handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static final MemorySegment ONE =
        Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1).asReadOnly();

    private static FunctionDescriptor transfer() {
      return FunctionDescriptor.of(
          ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    }

    private static MethodHandle handle(String name, FunctionDescriptor type) {
      return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }

    static int eventfd(int flags) {
      try {
        return (int) EVENTFD.invokeExact(0, flags);
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "eventfd");
      }
    }

    static void writeOne(int descriptor) {
      try {
        var _ = (long) WRITE.invokeExact(descriptor, ONE, (long) Long.BYTES);
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "write to an eventfd");
      }
    }

    static long read(int descriptor) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
        long read = (long) READ.invokeExact(descriptor, value, value.byteSize());
        return read == value.byteSize() ? value.get(ValueLayout.JAVA_LONG, 0) : 0;
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "read of an eventfd");
      }
    }

    static void close(int descriptor) {
      try {
        var _ = (int) CLOSE.invokeExact(descriptor);
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "close of an eventfd");
      }
    }
  }
}
