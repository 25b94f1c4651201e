package org.mdev4j.vfiouser.server;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client may ask for, by number; checks what is the same for all commands ({@code
 * spec/vfio-user.md} 1.3).
 *
 * <p>Used by the session's thread only.
 */
final class Commands {
  private static final Logger log = LoggerFactory.getLogger(Commands.class);

  private final DeviceFile device;
  private final MigrationStream migration;
  private final @Nullable Handler[] handlers = new @Nullable Handler[Command.COUNT];

  Commands(DeviceFile device, DmaCommands memory, ClientTerms client) {
    this.device = device;
    migration = new MigrationStream(device.migration(), client);
    InfoCommands infos = new InfoCommands(device, client);
    RegionCommands regions = new RegionCommands(device, client);
    handlers[Command.DMA_MAP] = memory::map;
    handlers[Command.DMA_UNMAP] = memory::unmap;
    handlers[Command.DEVICE_GET_INFO] = infos::device;
    handlers[Command.DEVICE_GET_REGION_INFO] = infos::region;
    handlers[Command.DEVICE_GET_REGION_IO_FDS] = infos::ioFds;
    handlers[Command.DEVICE_GET_IRQ_INFO] = infos::irq;
    handlers[Command.DEVICE_SET_IRQS] = new IrqCommands(device)::set;
    handlers[Command.REGION_READ] = regions::read;
    handlers[Command.REGION_WRITE] = regions::write;
    handlers[Command.REGION_WRITE_MULTI] = regions::writeMultiple;
    handlers[Command.DEVICE_RESET] = this::reset;
    handlers[Command.DEVICE_FEATURE] = new FeatureCommands(migration, memory)::handle;
    handlers[Command.MIG_DATA_READ] = migration::read;
    handlers[Command.MIG_DATA_WRITE] = migration::write;
  }

  /** A command was refused. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    Refused(ErrnoException reason) {
      super(reason);
      errno = reason.errno();
    }

    Errno errno() {
      return errno;
    }
  }

  /**
   * Carries out one command.
   *
   * @throws Refused whatever went wrong
   */
  void execute(Message request, Reply reply) throws Refused {
    try {
      handler(request).handle(request, reply);
    } catch (ErrnoException refused) {
      log.debug("command {} refused: {}", request.command(), refused.getMessage());
      throw new Refused(refused);
    } catch (RuntimeException | Error broken) {
      log.error("command {} failed", request.command(), broken);
      throw new Refused(ErrnoException.of(broken, "command " + request.command()));
    }
  }

  private Handler handler(Message request) {
    int number = request.command();
    if (Header.type(request) != 0) {
      throw invalid("a reply that nobody waits for");
    }
    if (request.fault() != null) {
      throw invalid(request.fault());
    }
    if (request.length() == 0 && number != Command.DEVICE_RESET) {
      throw invalid("command " + number + " without a payload");
    }
    Handler handler = number < Command.COUNT ? handlers[number] : null;
    if (handler == null) {
      throw invalid("there is no command " + number);
    }
    migration.checkAllows(number);
    return handler;
  }

  private void reset(Message request, Reply reply) {
    device.reset();
    migration.look();
  }

  private static ErrnoException invalid(@Nullable String why) {
    return new ErrnoException(Errno.EINVAL, String.valueOf(why));
  }
}
