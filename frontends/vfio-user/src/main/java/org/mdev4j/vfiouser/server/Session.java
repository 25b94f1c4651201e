package org.mdev4j.vfiouser.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.posix.UnixSocket;
import org.mdev4j.vfiouser.wire.Channel;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One client of one device, from its connection to its end: carries out its commands in the order
 * of their arrival.
 *
 * <pre>
 *   VERSION wrong, device in use --> refused, closed
 *      |
 *   agreed, device opened --> command, reply, command, reply ... --> hung up, broke, server closed
 *                                                                        |
 *                                  device reset and closed, memory and eventfds given back, closed
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * One thread runs it all; others only {@link #end} it. The device's own threads meet it in the
 * {@link Channel} and in VFIO.
 */
final class Session {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final String device;
  private final Vfio vfio;
  private final ServerLimits limits;
  private final UnixSocket socket;
  private final Channel channel;
  private final Message request = new Message();
  private final Reply reply = new Reply();
  private final AtomicBoolean disconnected = new AtomicBoolean();
  private final Thread thread;

  Session(Vfio vfio, String device, UnixSocket socket, ServerLimits limits) {
    this.vfio = vfio;
    this.device = device;
    this.limits = limits;
    this.socket = socket;
    channel =
        new Channel(
            socket,
            new Channel.Limits(limits.stall(), limits.dmaReply(), limits.queuedCommands()),
            this::disconnect);
    // A platform thread: it spends its life in calls that block in the kernel.
    thread = Thread.ofPlatform().daemon().name("vfio-user " + device).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean isOver() {
    return thread.getState() == Thread.State.TERMINATED;
  }

  /** Whether the client has hung up, so that this is about to be over. */
  boolean isClientGone() {
    return channel.isPeerGone();
  }

  /** Disconnects the client; the thread then gives everything back. */
  void end() {
    channel.shutdown();
  }

  /** Waits until it is over; false if it is not by then. */
  boolean awaitEnd(Duration limit) {
    try {
      return thread.join(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    try (request;
        reply;
        channel) {
      if (socket.awaitReadable(limits.stall()) && channel.nextCommand(request)) {
        open(request);
      }
    } catch (ErrnoException broken) {
      disconnect(broken);
    } catch (Throwable failure) {
      log.error("{}: serving a client failed", device, failure);
    }
  }

  /** Ends the connection; of several reasons the first is told. From any thread. */
  private void disconnect(ErrnoException reason) {
    if (disconnected.compareAndSet(false, true)) {
      Level level = reason.errno() == Errno.ENOTCONN ? Level.INFO : Level.WARN;
      log.atLevel(level).log("{}: client disconnected: {}", device, reason.getMessage());
    }
    end();
  }

  private void open(Message version) {
    if (version.isOutOfStep()) {
      return;
    }
    OpenDevice opened = null;
    DmaCommands memory = null;
    UnixSocket ours = null;
    Channel twin = null;
    try {
      checkVersion(version);
      // Wrong terms are refused before anybody sees the device opened.
      ClientTerms.of(version, false);
      opened = vfio.openDevice(device, "vfio-user client");
      DeviceFile file = opened.file();
      boolean migratable = file.migration() != null;
      ClientTerms client = ClientTerms.of(version, migratable);
      boolean wantsTwin = client.twinSocket() && client.descriptors() > 0;
      if (wantsTwin) {
        List<UnixSocket> pair = UnixSocket.pair();
        ours = pair.get(1);
        var itsLimits = new Channel.Limits(limits.stall(), limits.dmaReply(), 0);
        twin = new Channel(pair.get(0), itsLimits, this::disconnect);
      }
      RemoteCalls calls = new RemoteCalls(twin == null ? channel : twin, client.transfer());
      memory = new DmaCommands(opened.memory(), calls, limits);
      Negotiation.answer(reply, client, limits, migratable, wantsTwin);
      if (ours != null) {
        reply.descriptors(ours.descriptor());
      }
      channel.reply(version, reply);
      log.info("{}: a client is connected", device);
      serve(new Commands(file, memory, client));
    } catch (ErrnoException refused) {
      if (memory != null) {
        throw refused;
      }
      log.info("{}: a client was refused: {}", device, refused.getMessage());
      channel.refuse(version, reply, refused.errno());
    } finally {
      if (ours != null) {
        ours.close();
      }
      end(opened, memory, twin);
    }
  }

  private static void checkVersion(Message version) {
    if (version.fault() != null
        || version.command() != Command.VERSION
        || (version.flags() & ~Header.NO_REPLY) != 0) {
      throw new ErrnoException(Errno.EINVAL, "the first message is no VERSION");
    }
  }

  private void serve(Commands commands) {
    while (true) {
      reply.clear();
      if (!channel.nextCommand(request)) {
        log.info("{}: the client hung up", device);
        return;
      }
      boolean answered = (request.flags() & Header.NO_REPLY) == 0;
      try {
        commands.execute(request, reply);
        if (answered) {
          channel.reply(request, reply);
        }
      } catch (Commands.Refused refused) {
        if (answered) {
          channel.refuse(request, reply, refused.errno());
        }
      } finally {
        request.closeDescriptors();
      }
      if (request.isOutOfStep()) {
        log.info("{}: what follows {} can't be made out", device, request.fault());
        return;
      }
    }
  }

  /** The client has gone: nothing of it is left for the next. */
  private void end(
      @Nullable OpenDevice opened, @Nullable DmaCommands memory, @Nullable Channel twin) {
    // Whoever waits for the client's memory is to fail before the device is waited for.
    channel.shutdown();
    if (twin != null) {
      twin.shutdown();
    }
    if (opened != null) {
      reset(opened.file());
      opened.close();
    }
    if (memory != null) {
      memory.close();
    }
    if (twin != null) {
      twin.close();
    }
  }

  private void reset(DeviceFile file) {
    try {
      file.reset();
    } catch (ErrnoException refused) {
      if (refused.errno() != Errno.ENOTTY) {
        log.warn("{}: reset after its client has gone failed", device, refused);
      }
    }
  }
}
