package org.mdev4j.vfio.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Memory that another process can map as well: an anonymous file (memfd), mapped. Pages are zero
 * and take no room until they are touched.
 *
 * <p>Closing unmaps it here and closes the file; who has mapped it elsewhere keeps it. Accesses
 * through {@link #segment} then throw {@link IllegalStateException}.
 */
public final class SharedMemory implements AutoCloseable {
  private static final int CLOSE_ON_EXEC = 1;
  private static final int ALLOW_SEALING = 2;
  private static final int ADD_SEALS = 1033;

  /** Nobody can seal it, shrink it or make it grow from now on. */
  private static final int FIXED_SIZE = 1 | 2 | 4;

  private static final int DUPLICATE_CLOSE_ON_EXEC = 1030;

  private final int descriptor;
  private final Arena arena;
  private final MemorySegment segment;

  private SharedMemory(int descriptor, Arena arena, MemorySegment segment) {
    this.descriptor = descriptor;
    this.arena = arena;
    this.segment = segment;
  }

  /**
   * Allocates {@code size} bytes. Who is handed the file can't change its size: a page that went
   * away under the feet of the device would be a fault.
   *
   * @param name for those who list the process's files
   * @throws ErrnoException {@code ENOMEM} if it can't be had
   */
  public static SharedMemory allocate(String name, long size) {
    SharedMemory memory = map(Native.memfdCreate(name), name, size);
    Native.seal(memory.descriptor);
    return memory;
  }

  /** The same bytes once more: another mapping and descriptor, which outlive this one. */
  public SharedMemory share() {
    return map(Native.duplicate(descriptor), "shared memory", segment.byteSize());
  }

  @SuppressWarnings("MustBeClosed") // by the object that is returned
  private static SharedMemory map(int descriptor, String name, long size) {
    Arena arena = Arena.ofShared();
    try (FileChannel file =
        FileChannel.open(
            Path.of("/proc/self/fd/" + descriptor),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      MemorySegment segment = file.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
      return new SharedMemory(descriptor, arena, segment);
    } catch (IOException failure) {
      arena.close();
      Native.close(descriptor);
      throw new ErrnoException(Errno.ENOMEM, "can't map " + size + " bytes for " + name, failure);
    }
  }

  /** The bytes. */
  public MemorySegment segment() {
    return segment;
  }

  /** The file descriptor, for handing it to another process; open until {@link #close}. */
  public int descriptor() {
    return descriptor;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      Native.close(descriptor);
    }
  }

  /** The three libc functions that this needs. */
  @SuppressWarnings("restricted") // the launcher enables native access for this module
  private static final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MEMFD_CREATE =
        handle(
            "memfd_create",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
        handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static final MethodHandle FCNTL =
        handle(
            "fcntl",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));

    private static MethodHandle handle(
        String name, FunctionDescriptor type, Linker.Option... options) {
      return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    static int memfdCreate(String name) {
      try (Arena arena = Arena.ofConfined()) {
        int descriptor =
            (int) MEMFD_CREATE.invokeExact(arena.allocateFrom(name), CLOSE_ON_EXEC | ALLOW_SEALING);
        if (descriptor < 0) {
          throw new ErrnoException(Errno.ENOMEM, "memfd_create failed for " + name);
        }
        return descriptor;
      } catch (ErrnoException refusal) {
        throw refusal;
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "memfd_create");
      }
    }

    static int duplicate(int descriptor) {
      try {
        int duplicate = (int) FCNTL.invokeExact(descriptor, DUPLICATE_CLOSE_ON_EXEC, 0);
        if (duplicate < 0) {
          throw new ErrnoException(Errno.ENOMEM, "can't duplicate descriptor " + descriptor);
        }
        return duplicate;
      } catch (ErrnoException refusal) {
        throw refusal;
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "fcntl");
      }
    }

    static void seal(int descriptor) {
      try {
        // Where sealing is unknown the memory is as good as before there was any.
        var _ = (int) FCNTL.invokeExact(descriptor, ADD_SEALS, FIXED_SIZE);
      } catch (Throwable failure) {
        throw ErrnoException.of(failure, "fcntl");
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
}
