package org.mdev4j.vfiouser.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.DeviceApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves every PCI device of a host: {@code DIR/NAME.sock} is there before whoever created the
 * device gets his answer, and goes when its removal begins. A client that is connected then is
 * asked to let go by the device's REQ interrupt, and the removal waits for it as it waits for any
 * user; nobody can connect meanwhile.
 *
 * <p>Thread-safe.
 */
public final class SocketDirectory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SocketDirectory.class);

  private final Vfio vfio;
  private final Path directory;
  private final BiConsumer<String, ErrnoException> unserved;
  private final Set<VfioUserServer> servers = ConcurrentHashMap.newKeySet();
  private final AutoCloseable watching;

  /**
   * Begins to serve the devices that are there, and those that come. One that can't be served is
   * logged.
   *
   * @param directory an existing folder
   */
  public SocketDirectory(Vfio vfio, Path directory) {
    this(
        vfio,
        directory,
        (device, why) -> log.warn("{} is not served: {}", device, why.getMessage()));
  }

  /**
   * Begins to serve the devices that are there, and those that come.
   *
   * @param directory an existing folder
   * @param unserved is told the name of a PCI device that can't be served, and why ({@link
   *     VfioUserServer#start}), on the thread that creates the device
   */
  public SocketDirectory(Vfio vfio, Path directory, BiConsumer<String, ErrnoException> unserved) {
    this.vfio = vfio;
    this.directory = directory;
    this.unserved = unserved;
    watching = vfio.watch(this::serve);
  }

  /** Where a device of that name is served, if it is. */
  public Path path(String device) {
    return directory.resolve(device + ".sock");
  }

  private AutoCloseable serve(VfioRegistration device) {
    if (device.api() != DeviceApi.PCI) {
      return () -> {};
    }
    prune();
    try {
      VfioUserServer server = VfioUserServer.start(vfio, device.name(), path(device.name()));
      servers.add(server);
      return server::stopListening;
    } catch (ErrnoException refused) {
      unserved.accept(device.name(), refused);
      return () -> {};
    }
  }

  /** Returns whether clients can connect to the device of that name here. */
  public boolean serves(String device) {
    return servers.stream()
        .anyMatch(server -> server.path().equals(path(device)) && !server.isOver());
  }

  /** Forgets those whose device has gone, and their last client too. */
  private void prune() {
    List<VfioUserServer> over = servers.stream().filter(VfioUserServer::isOver).toList();
    over.forEach(VfioUserServer::close);
    servers.removeAll(over);
  }

  /** Removes the socket files and disconnects all clients. */
  @Override
  public void close() {
    try {
      watching.close();
    } catch (Exception failure) {
      throw ErrnoException.of(failure, "ending the watch for devices");
    } finally {
      servers.forEach(VfioUserServer::close);
      servers.clear();
    }
  }
}
