package org.mdev4j.vfiouser.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A socket file at which clients connect; its mode is 0600 from the moment in which it appears.
 *
 * <p>Thread-safe: one thread accepts, any other closes.
 */
public final class ListeningSocket implements AutoCloseable {
  private static final int OWNER_ONLY = 0600;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int BACKLOG = 8;
  private static final long RETRY_NANOS = 50_000_000;

  private final int descriptor;
  private final Path path;
  private @Nullable Object file;
  private boolean shut;

  private ListeningSocket(int descriptor, Path path) {
    this.descriptor = descriptor;
    this.path = path;
  }

  /**
   * Listens at {@code path}. A socket file that nobody listens at any more is replaced.
   *
   * @throws ErrnoException {@code EADDRINUSE} if somebody listens there; {@code EEXIST} if it is
   *     something else than a socket; {@code ENAMETOOLONG}; {@code ENOENT}, {@code EACCES} for a
   *     folder that does not take it
   */
  public static ListeningSocket at(Path path) {
    removeStale(path);
    ListeningSocket socket = new ListeningSocket(UnixSocket.newSocket(), path);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = SocketAddress.of(path, arena);
      // The file gets the mode that the socket has when it is bound.
      Libc.check(
          Libc.fchmod(socket.descriptor, OWNER_ONLY), Errno.EACCES, "no mode for the socket");
      bind(socket.descriptor, address, path);
      socket.file = identity(path);
      Libc.check(Libc.listen(socket.descriptor, BACKLOG), Errno.EADDRINUSE, "can't listen");
      return socket;
    } catch (RuntimeException failure) {
      socket.close();
      throw failure;
    }
  }

  private static void bind(int descriptor, MemorySegment address, Path path) {
    int result = Libc.bind(descriptor, address);
    if (result < 0) {
      Errno errno =
          switch (-result) {
            case 2 -> Errno.ENOENT;
            case 13, 1, 30 -> Errno.EACCES;
            case 20 -> Errno.ENOTDIR;
            case 98 -> Errno.EADDRINUSE;
            default -> Errno.EINVAL;
          };
      throw new ErrnoException(errno, "no socket can be made at " + path + ": " + errno.text());
    }
  }

  private static void removeStale(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int probe = UnixSocket.newSocket();
    try (Arena arena = Arena.ofConfined()) {
      boolean socket = !Files.isRegularFile(path) && !Files.isDirectory(path);
      int result = socket ? Libc.connect(probe, SocketAddress.of(path, arena)) : 0;
      if (!socket) {
        throw new ErrnoException(Errno.EEXIST, path + " exists and is no socket");
      }
      if (result != -Libc.ECONNREFUSED) {
        throw new ErrnoException(Errno.EADDRINUSE, "somebody listens at " + path + " already");
      }
      Files.deleteIfExists(path);
    } catch (IOException failure) {
      throw new ErrnoException(Errno.EACCES, "can't replace the stale socket " + path, failure);
    } finally {
      var _ = Libc.close(probe);
    }
  }

  /**
   * Waits for a client.
   *
   * @return null once this is closed
   */
  public @Nullable UnixSocket accept() {
    while (true) {
      int accepted = Libc.accept(descriptor, CLOSE_ON_EXEC);
      if (accepted >= 0) {
        return new UnixSocket(accepted);
      }
      if (isShut()) {
        return null;
      }
      if (accepted != -Libc.EINTR) {
        // Out of descriptors, for example: the client waits until there are some again.
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  /** Removes the socket file, if it is still ours, and lets {@link #accept} end. */
  public void shutdown() {
    synchronized (this) {
      if (shut) {
        return;
      }
      shut = true;
    }
    try {
      if (file != null && file.equals(identity(path))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failure) {
      throw new ErrnoException(Errno.EACCES, "can't remove " + path, failure);
    } finally {
      var _ = Libc.shutdown(descriptor, 2);
    }
  }

  /** Closes it; nobody may be accepting. */
  @Override
  public void close() {
    try {
      shutdown();
    } finally {
      var _ = Libc.close(descriptor);
    }
  }

  private synchronized boolean isShut() {
    return shut;
  }

  /** Which file it is: another one may have taken its name meanwhile. */
  private static @Nullable Object identity(Path path) {
    try {
      return Files.readAttributes(
              path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (IOException gone) {
      return null;
    }
  }
}
