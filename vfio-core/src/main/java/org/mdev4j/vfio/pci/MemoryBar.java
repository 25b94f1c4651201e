package org.mdev4j.vfio.pci;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.SharedMemory;

/**
 * Memory behind a BAR, for as long as a device is open: zeros at each open, given back at close. So
 * a user finds nothing of the one before, and one who still has the memory mapped when the device
 * is opened again neither sees nor disturbs the next.
 *
 * <h2>Thread safety</h2>
 *
 * A device model opens and closes it in its own {@code open} and {@code close}, which exclude each
 * other; any thread may read {@link #segment} meanwhile.
 */
public final class MemoryBar implements Region.MemoryAccess, AutoCloseable {
  private final String name;
  private final long size;
  private volatile @Nullable SharedMemory memory;

  /**
   * @param name for those who list the process's files
   * @param size bytes
   */
  public MemoryBar(String name, long size) {
    this.name = name;
    this.size = size;
  }

  /** Allocates the memory; it takes no room until it is touched. */
  public void open() {
    memory = SharedMemory.allocate(name, size);
  }

  /** Gives the memory back; who has {@linkplain #share shared} it keeps it. */
  @Override
  public void close() {
    SharedMemory current = memory;
    memory = null;
    if (current != null) {
      current.close();
    }
  }

  public long size() {
    return size;
  }

  /** The region: it can be read, written and mapped. */
  public Region region() {
    return Region.memory(size, this);
  }

  @Override
  public MemorySegment segment() {
    return current().segment();
  }

  @Override
  public SharedMemory shared() {
    return current();
  }

  /** A mapping begins where the memory does. */
  @Override
  public boolean isMappable(long offset, long length) {
    return offset == 0;
  }

  /** The same memory once more, for somebody who closes it when he likes. */
  public SharedMemory share() {
    return current().share();
  }

  private SharedMemory current() {
    SharedMemory current = memory;
    if (current == null) {
      throw new ErrnoException(Errno.ENODEV, "the device of " + name + " is not open");
    }
    return current;
  }
}
