package org.mdev4j.device.nio;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.mdev4j.device.sysfs.OpenMode;

/**
 * What a set of open options asks for.
 *
 * <p>{@code TRUNCATE_EXISTING}, {@code SYNC}, {@code DSYNC} and {@code SPARSE} ask for nothing
 * here: an attribute keeps no content that could be cut or delayed.
 *
 * @param mode the directions
 * @param create whether a file that is not there is to be made
 * @param createNew whether a file that is there is an error
 * @param deleteOnClose whether the file is to be removed afterwards
 * @param followLast whether a link at the end of the path is followed
 */
record OpenRequest(
    OpenMode mode, boolean create, boolean createNew, boolean deleteOnClose, boolean followLast) {

  static OpenRequest of(Set<? extends OpenOption> options) {
    for (OpenOption option : options) {
      Objects.requireNonNull(option);
      if (!(option instanceof StandardOpenOption) && option != LinkOption.NOFOLLOW_LINKS) {
        throw new UnsupportedOperationException("unknown open option " + option);
      }
    }
    boolean append = options.contains(StandardOpenOption.APPEND);
    boolean writes = append || options.contains(StandardOpenOption.WRITE);
    boolean reads = !writes || options.contains(StandardOpenOption.READ);
    if (append && (reads || options.contains(StandardOpenOption.TRUNCATE_EXISTING))) {
      throw new IllegalArgumentException("APPEND goes with neither READ nor TRUNCATE_EXISTING");
    }
    return new OpenRequest(
        !writes ? OpenMode.READ : reads ? OpenMode.READ_WRITE : OpenMode.WRITE,
        writes && options.contains(StandardOpenOption.CREATE),
        writes && options.contains(StandardOpenOption.CREATE_NEW),
        options.contains(StandardOpenOption.DELETE_ON_CLOSE),
        !options.contains(LinkOption.NOFOLLOW_LINKS));
  }
}
