package org.mdev4j.vfiouser.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.posix.ListeningSocket;
import org.mdev4j.vfiouser.posix.UnixSocket;
import org.mdev4j.vfiouser.wire.Channel;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one VFIO device at a socket file, to one client at a time ({@code spec/vfio-user.md}). The
 * device is opened when a client connects and closed, after a reset, when it has gone; the next one
 * finds nothing of it. A second client at the same time is refused with {@code EBUSY}.
 *
 * {@snippet :
 * try (VfioUserServer server = VfioUserServer.start(vfio, uuid, Path.of("/run/mdev", uuid + ".sock"))) {
 *   // a virtual machine uses the device
 * }
 * }
 *
 * <h2>Clients</h2>
 *
 * A client is not trusted: everything that it sends is checked, what it may take up is limited
 * ({@link ServerLimits}), and a connection on which it breaks the framing is ended. It can harm its
 * own device and memory. The socket file is for its owner only (mode 0600).
 *
 * <h2>Thread safety</h2>
 *
 * Everything here may be called from any thread. One thread accepts, and each client has one.
 */
public final class VfioUserServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VfioUserServer.class);

  /** How long a client that is refused may take to say what it is to be refused. */
  private static final Duration REFUSAL_LIMIT = Duration.ofSeconds(1);

  /** How long the device may take to end its use; a driver that hangs is left alone then. */
  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  private final Vfio vfio;
  private final String device;
  private final Path path;
  private final ServerLimits limits;
  private final ListeningSocket listening;
  private final Thread accepting;
  private @Nullable Session session;
  private boolean ended;

  private VfioUserServer(Vfio vfio, String device, Path path, ServerLimits limits) {
    this.vfio = vfio;
    this.device = device;
    this.path = path;
    this.limits = limits;
    listening = ListeningSocket.at(path);
    accepting = Thread.ofPlatform().daemon().name("vfio-user at " + path).unstarted(this::accept);
  }

  /**
   * Serves {@code device} at {@code path}.
   *
   * @param device the name by which VFIO knows it
   * @throws ErrnoException {@code EADDRINUSE} if somebody serves there; {@code EEXIST} if it is
   *     something else than a socket; {@code ENAMETOOLONG} for more than 107 bytes; {@code ENOENT},
   *     {@code ENOTDIR}, {@code EACCES} if the folder does not take it
   */
  public static VfioUserServer start(Vfio vfio, String device, Path path) {
    return start(vfio, device, path, ServerLimits.USUAL);
  }

  /** The same with other limits. */
  public static VfioUserServer start(Vfio vfio, String device, Path path, ServerLimits limits) {
    VfioUserServer server = new VfioUserServer(vfio, device, path, limits);
    server.accepting.start();
    return server;
  }

  /** Where clients connect. */
  public Path path() {
    return path;
  }

  private void accept() {
    UnixSocket client;
    while ((client = listening.accept()) != null) {
      try {
        welcome(client);
      } catch (RuntimeException | Error failure) {
        log.error("{}: could not take a client", device, failure);
        client.close();
      }
    }
  }

  private void welcome(UnixSocket client) {
    Session current = current();
    if (current != null && current.isClientGone()) {
      // It is just being ended, and who comes after it is welcome.
      var _ = current.awaitEnd(END_LIMIT);
    }
    if (current != null && !current.isOver()) {
      refuse(client);
      return;
    }
    Session next = new Session(vfio, device, client, limits);
    synchronized (this) {
      session = next;
      if (ended) {
        next.end();
      }
      next.start();
    }
  }

  /** Answers the first message of a client, whatever it is: the device is in use. */
  private void refuse(UnixSocket client) {
    log.info("{}: a second client is refused", device);
    var limit = new Channel.Limits(REFUSAL_LIMIT, REFUSAL_LIMIT, 0);
    try (Message message = new Message();
        Reply reply = new Reply();
        Channel channel = new Channel(client, limit, _ -> {})) {
      if (client.awaitReadable(REFUSAL_LIMIT) && channel.nextCommand(message)) {
        message.closeDescriptors();
        channel.refuse(message, reply, Errno.EBUSY);
      }
    } catch (ErrnoException gone) {
      log.debug("{}: the second client has gone", device, gone);
    }
  }

  /** Whether nobody is served any more, nor will be. */
  public boolean isOver() {
    Session current = current();
    return !accepting.isAlive() && (current == null || current.isOver());
  }

  /**
   * Removes the socket file and takes no more clients; one that is connected stays as long as it
   * likes.
   */
  public void stopListening() {
    try {
      listening.shutdown();
    } finally {
      join(accepting);
    }
  }

  /** Removes the socket file, disconnects the client and waits until the device is closed. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
    }
    try {
      stopListening();
    } finally {
      listening.close();
      Session current = current();
      if (current != null) {
        current.end();
        if (!current.awaitEnd(END_LIMIT)) {
          log.error("{}: the device does not end its use", device);
        }
      }
    }
  }

  private synchronized @Nullable Session current() {
    return session;
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
