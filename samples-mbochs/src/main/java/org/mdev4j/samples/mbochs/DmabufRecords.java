package org.mdev4j.samples.mbochs;

import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.SharedMemory;
import org.mdev4j.vfio.pci.MemoryBar;

/**
 * The pictures that can be handed over: each mode that was asked for has an id, which no other mode
 * of this device ever gets. Closing the device forgets them; what was handed over lives on by
 * itself.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the ids; it is a leaf.
 */
final class DmabufRecords {
  /** A guest chooses the modes; beyond so many the one that was asked for first is forgotten. */
  static final int MOST = 1024;

  private static final int PAGE = 4096;

  private final Map<DisplayMode, Integer> ids = new LinkedHashMap<>();
  private int lastId;

  /** The id of {@code mode}: the one that it has, or a new one. */
  synchronized int idOf(DisplayMode mode) {
    Integer known = ids.get(mode);
    if (known != null) {
      return known;
    }
    if (ids.size() == MOST) {
      Iterator<DisplayMode> oldest = ids.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    lastId++;
    ids.put(mode, lastId);
    return lastId;
  }

  /**
   * Hands over the pages of a picture.
   *
   * @throws ErrnoException {@code ENOENT} for an unknown id, {@code EINVAL} if the picture does not
   *     begin with a page
   */
  DmaBuf export(int id, MemoryBar memory) {
    DisplayMode mode = find(id);
    if (mode.offset() % PAGE != 0) {
      throw new ErrnoException(
          Errno.EINVAL,
          String.format("picture %d begins at 0x%x, within a page", id, mode.offset()));
    }
    return new Buffer(memory.share(), mode);
  }

  /** Forgets all; ids go on from where they are. */
  synchronized void clear() {
    ids.clear();
  }

  private synchronized DisplayMode find(int id) {
    for (Map.Entry<DisplayMode, Integer> each : ids.entrySet()) {
      if (each.getValue() == id) {
        return each.getKey();
      }
    }
    throw new ErrnoException(Errno.ENOENT, "there is no picture " + Integer.toUnsignedString(id));
  }

  /** One hand-over, with a reference of its own to the memory. */
  private record Buffer(SharedMemory memory, DisplayMode mode) implements DmaBuf {
    @Override
    public MemorySegment segment() {
      long pages = (mode.size() + PAGE - 1L) / PAGE;
      return memory.segment().asSlice(mode.offset(), pages * PAGE);
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
