package org.mdev4j.vfio.model;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A region of a device: what GET_REGION_INFO tells of it and how it is accessed.
 *
 * <p>Values are little-endian in the user's buffer unless a model that takes accesses whole says
 * otherwise.
 */
public sealed interface Region {
  int READ = 1;
  int WRITE = 2;
  int MMAP = 4;

  /** Size in bytes; 0 for an index that is not implemented. */
  long size();

  /** {@link #READ}, {@link #WRITE}, {@link #MMAP}. */
  int flags();

  /** What GET_REGION_INFO adds. */
  List<RegionCapability> capabilities();

  /** An index that is not implemented. */
  Region ABSENT = new Registers(0, 0, List.of(), 4, 0, NoRegisters.INSTANCE);

  /**
   * A region of registers. An access is split into naturally aligned units, the largest that fit; a
   * unit that the model refuses makes the whole access {@code EFAULT}.
   *
   * @param widest the largest unit in bytes: 4 or 8
   * @param reach accesses are let through below this offset, which is {@code size} but for devices
   *     that answer beyond it
   */
  record Registers(
      long size,
      int flags,
      List<RegionCapability> capabilities,
      int widest,
      long reach,
      RegisterAccess access)
      implements Region {
    public Registers {
      capabilities = List.copyOf(capabilities);
    }
  }

  /**
   * A region of memory: read, written and mapped as it is.
   *
   * @param access gives the memory; called while the device is open only
   */
  record Memory(long size, int flags, List<RegionCapability> capabilities, MemoryAccess access)
      implements Region {
    public Memory {
      capabilities = List.copyOf(capabilities);
    }
  }

  /** A region whose model takes each access as a whole, with the user's own buffer. */
  record Whole(long size, int flags, List<RegionCapability> capabilities, WholeAccess access)
      implements Region {
    public Whole {
      capabilities = List.copyOf(capabilities);
    }
  }

  /** Registers that can be read and written, in units of up to 4 bytes. */
  static Region registers(long size, RegisterAccess access) {
    return new Registers(size, READ | WRITE, List.of(), 4, size, access);
  }

  /** Memory that can be read, written and mapped. */
  static Region memory(long size, MemoryAccess access) {
    return new Memory(size, READ | WRITE | MMAP, List.of(), access);
  }

  /** One unit of 1, 2, 4 or 8 bytes at a time. */
  interface RegisterAccess {
    /** The value of the {@code width} bytes at {@code offset}, in the low bits. */
    long read(long offset, int width);

    /** Sets the {@code width} bytes at {@code offset} to the low bits of {@code value}. */
    void write(long offset, int width, long value);
  }

  /** Memory behind a region. */
  interface MemoryAccess {
    /** All of the region's bytes; best from {@link SharedMemory}, so that it can be shared. */
    MemorySegment segment();

    /**
     * The same bytes as a file, which a user in another process can map; null if they are in this
     * process only. Called while the device is open only, and valid as long.
     */
    default @Nullable SharedMemory shared() {
      return null;
    }

    /**
     * Whether users may map the {@code length} bytes at {@code offset}, which are in the region.
     */
    default boolean isMappable(long offset, long length) {
      return true;
    }
  }

  /** Accesses as the user makes them, at any offset and of any length. */
  interface WholeAccess {
    /** Reads; returns the number of bytes read. */
    long read(long offset, UserBuffer destination);

    /** Writes; returns what the user's write returns. */
    long write(long offset, UserBuffer source);
  }
}
