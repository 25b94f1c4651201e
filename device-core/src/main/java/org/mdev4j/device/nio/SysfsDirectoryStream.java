package org.mdev4j.device.nio;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * The entries of a directory, sorted by name. What comes or goes meanwhile may or may not be seen;
 * what stays is seen once.
 */
final class SysfsDirectoryStream implements DirectoryStream<Path> {
  private final SysfsPath path;
  private final SysfsDirectory directory;
  private final Iterator<SysfsNode> nodes;
  private final Filter<? super Path> filter;
  private boolean handedOut;
  private volatile boolean closed;

  /**
   * @param path by which {@code directory} was opened; the entries' paths start with it
   */
  SysfsDirectoryStream(SysfsPath path, SysfsDirectory directory, Filter<? super Path> filter) {
    this.path = path;
    this.directory = directory;
    this.nodes = directory.children().iterator();
    this.filter = filter;
  }

  @Override
  public synchronized Iterator<Path> iterator() {
    if (closed || handedOut) {
      throw new IllegalStateException(
          "the listing of " + path + (closed ? " is closed" : " was iterated before"));
    }
    handedOut = true;
    return new Entries();
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Looks one entry ahead, because only the filter can tell whether there is a next one. */
  private final class Entries implements Iterator<Path> {
    private @Nullable Path next;

    @Override
    public synchronized boolean hasNext() {
      while (next == null && !closed && nodes.hasNext()) {
        path.getFileSystem().checkOpen();
        String name = nodes.next().name();
        if (directory.child(name) == null) {
          continue;
        }
        Path candidate = path.entry(name);
        try {
          if (filter.accept(candidate)) {
            next = candidate;
          }
        } catch (IOException failure) {
          throw new DirectoryIteratorException(failure);
        }
      }
      return next != null;
    }

    @Override
    public synchronized Path next() {
      Path found = hasNext() ? next : null;
      if (found == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return found;
    }
  }
}
