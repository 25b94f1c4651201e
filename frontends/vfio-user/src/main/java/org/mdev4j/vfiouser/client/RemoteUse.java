package org.mdev4j.vfiouser.client;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfiouser.posix.ClientFile;
import org.mdev4j.vfiouser.wire.Channel;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A remote device while it is open: the connection, the regions that are mapped here, its
 * interrupts, and a thread that carries out what the device wants of its user's memory.
 */
final class RemoteUse implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RemoteUse.class);
  private static final int FIELDS = 16;

  /** The largest region that a server takes; all that is mapped below it can be reached. */
  private static final long WINDOW = 8L << 40;

  private final Connection connection;
  private final DeviceDma dma;
  private final RemoteIrqs irqs;
  private final List<@Nullable MemorySegment> mapped = new ArrayList<>();
  private final List<ClientFile> files = new ArrayList<>();
  private final Thread serving;

  private RemoteUse(Path path, Connection connection, DeviceContext context, RemoteInfo info) {
    this.connection = connection;
    dma = context.dma();
    irqs = new RemoteIrqs(connection, info.irqs(), context.interrupts());
    serving =
        Thread.ofPlatform().daemon().name("vfio-user client at " + path).unstarted(this::serve);
  }

  static RemoteUse open(Path path, DeviceContext context, RemoteInfo info) {
    RemoteUse use = new RemoteUse(path, Connection.to(path), context, info);
    try {
      use.serving.start();
      use.mapWindow();
      for (int i = 0; i < info.regions().size(); i++) {
        use.mapped.add(info.regions().get(i).mapped() ? use.map(i, info.regions().get(i)) : null);
      }
      return use;
    } catch (RuntimeException failure) {
      use.close();
      throw failure;
    }
  }

  Connection connection() {
    return connection;
  }

  RemoteIrqs irqs() {
    return irqs;
  }

  /** The bytes of a region that is mapped. */
  MemorySegment mapped(int index) {
    MemorySegment segment = mapped.get(index);
    if (segment == null) {
      throw new ErrnoException(Errno.EPROTO, "the server gave no file for region " + index);
    }
    return segment;
  }

  private @Nullable MemorySegment map(int index, RemoteInfo.RemoteRegion region) {
    ClientFile file = RemoteInfo.file(connection, index);
    if (file == null) {
      return null;
    }
    files.add(file);
    return file.map(region.offset(), region.size(), (region.flags() & Region.WRITE) != 0);
  }

  /** Everything that the user maps, now and later, is reached through one region without a file. */
  private void mapWindow() {
    connection.call(
        Command.DMA_MAP,
        request -> {
          request.setLength(DmaMap.SIZE);
          request.data(0, DmaMap.SIZE).fill((byte) 0);
          request.u32(0, DmaMap.SIZE);
          request.u32(4, DmaMap.READ | DmaMap.WRITE);
          request.u64(24, WINDOW);
        });
  }

  private void serve() {
    Channel commands = connection.commands();
    try (Message command = new Message();
        Reply reply = new Reply()) {
      while (commands.nextCommand(command)) {
        reply.clear();
        try {
          handle(command, reply);
          commands.reply(command, reply);
        } catch (Refused refused) {
          commands.refuse(command, reply, refused.errno);
        } finally {
          command.closeDescriptors();
        }
      }
    } catch (ErrnoException ended) {
      log.debug("the server has gone: {}", ended.getMessage());
    }
    // Whoever waits for a reply is not to wait for the time limit.
    connection.shutdown();
  }

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final Errno errno;

    Refused(ErrnoException reason) {
      super(reason);
      errno = reason.errno();
    }
  }

  private void handle(Message command, Reply reply) throws Refused {
    try {
      switch (command.command()) {
        case Command.DMA_READ -> {
          int count = count(command);
          reply.copy(command, FIELDS);
          reply.setLength(FIELDS + count);
          dma.read(command.u64(0), reply.data(FIELDS, count));
        }
        case Command.DMA_WRITE -> {
          dma.write(command.u64(0), command.data(FIELDS, count(command)));
          reply.copy(command, FIELDS);
        }
        default ->
            throw new ErrnoException(Errno.ENOSYS, "command " + command.command() + " to a client");
      }
    } catch (RuntimeException failure) {
      throw new Refused(ErrnoException.of(failure, "access to the user's memory"));
    }
  }

  private static int count(Message command) {
    command.require(FIELDS);
    long count = command.u64(8);
    if (count < 0 || count > Header.MAX_TRANSFER) {
      throw new ErrnoException(Errno.E2BIG, Long.toUnsignedString(count) + " bytes at once");
    }
    return (int) count;
  }

  @Override
  public void close() {
    connection.shutdown();
    boolean interrupted = false;
    while (serving.isAlive()) {
      try {
        serving.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    connection.close();
    irqs.close();
    files.forEach(ClientFile::close);
  }
}
