package org.mdev4j.css.bus;

import java.util.Locale;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.mdev4j.css.Pmcw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The channel paths of a machine, by id. Thread-safe. */
final class ChannelPaths {
  private final ConcurrentNavigableMap<Integer, ChannelPath> paths = new ConcurrentSkipListMap<>();

  /** Adds a path; the one that is there if there is one already. */
  ChannelPath add(ChannelPath path) {
    ChannelPath known = paths.putIfAbsent(path.chpid(), path);
    return known == null ? path : known;
  }

  /**
   * The path with that id.
   *
   * @throws ErrnoException {@code ENODEV} if there is none
   */
  ChannelPath get(int chpid) {
    ChannelPath path = paths.get(chpid);
    if (path == null) {
      throw new ErrnoException(
          Errno.ENODEV, String.format(Locale.ROOT, "there is no channel path %02x", chpid));
    }
    return path;
  }

  /** Mask of the paths of a subchannel that are not varied off. */
  int notVariedOff(Pmcw pmcw) {
    int mask = 0xFF;
    for (int path = 0; path < 8; path++) {
      ChannelPath known = paths.get(pmcw.chpid(path));
      if ((pmcw.pim() & 0x80 >> path) != 0 && known != null && !known.isOnline()) {
        mask &= ~(0x80 >> path);
      }
    }
    return mask;
  }
}
