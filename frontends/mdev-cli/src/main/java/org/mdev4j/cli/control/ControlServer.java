package org.mdev4j.cli.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.mdev4j.cli.shell.ShellSession;
import org.mdev4j.device.host.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes shell commands for a host at a socket file that only its owner can open (mode 0600). Every
 * client has a session of its own, which ends with its connection.
 *
 * <p>A request is one line, as {@link DataOutputStream#writeUTF} writes it. The answer comes once
 * its commands are done: whether all of them succeeded (one byte, 0 or 1), the length of what they
 * printed (four bytes, big-endian), and that, in UTF-8.
 *
 * <p>Thread-safe. Closing it ends the connections; it does not wait for a command that still runs.
 */
public final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

  /** What an address of a UNIX socket has room for, without the NUL. */
  private static final int LONGEST_PATH = 107;

  private final Host host;
  private final Path path;
  private final ServerSocketChannel listening;
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

  private ControlServer(Host host, Path path, ServerSocketChannel listening) {
    this.host = host;
    this.path = path;
    this.listening = listening;
  }

  /**
   * Begins to listen at {@code path}. A socket file that nobody listens at any more is replaced.
   *
   * @throws IOException if no socket can be made there, saying why
   */
  public static ControlServer start(Host host, Path path) throws IOException {
    Path file = path.toAbsolutePath().normalize();
    checkFree(file);
    ControlServer server = new ControlServer(host, file, listen(file));
    Thread.ofPlatform().daemon().name("control at " + file).start(server::accept);
    return server;
  }

  private static void checkFree(Path file) throws IOException {
    if (file.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      throw new BindException("the path of a socket has at most " + LONGEST_PATH + " bytes");
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(file) || Files.isDirectory(file)) {
      throw new BindException(file + " exists and is no socket");
    }
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
      throw new BindException("somebody listens at " + file + " already");
    } catch (ConnectException stale) {
      // Nobody is there any more.
    }
  }

  /** The socket is made in a folder of its owner's and gets its name when it has its mode. */
  private static ServerSocketChannel listen(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new BindException("there is no folder " + folder);
    }
    Path own = Files.createTempDirectory(folder, ".c");
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      Path made = own.resolve("s");
      channel.bind(UnixDomainSocketAddress.of(made));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
      return channel;
    } catch (IOException failure) {
      channel.close();
      Files.deleteIfExists(own.resolve("s"));
      throw failure;
    } finally {
      Files.delete(own);
    }
  }

  private void accept() {
    while (listening.isOpen()) {
      try {
        SocketChannel client = listening.accept();
        clients.add(client);
        if (!listening.isOpen()) {
          client.close();
        }
        Thread.ofVirtual().name("control").start(() -> serve(client));
      } catch (IOException failure) {
        if (listening.isOpen()) {
          log.error("{}: could not take a client", path, failure);
        }
      }
    }
  }

  private void serve(SocketChannel client) {
    StringWriter printed = new StringWriter();
    PrintWriter writer = new PrintWriter(printed);
    try (client;
        ShellSession session = new ShellSession(host, writer, writer);
        DataInputStream in = new DataInputStream(Channels.newInputStream(client));
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(client))) {
      while (!session.isEnded()) {
        printed.getBuffer().setLength(0);
        boolean good = session.run(in.readUTF(), false);
        byte[] text = printed.toString().getBytes(StandardCharsets.UTF_8);
        out.writeBoolean(good);
        out.writeInt(text.length);
        out.write(text);
        out.flush();
      }
    } catch (EOFException end) {
      log.debug("{}: a client has hung up", path);
    } catch (IOException broken) {
      log.debug("{}: a client has gone", path, broken);
    } catch (RuntimeException | Error failure) {
      log.error("{}: serving a client failed", path, failure);
    } finally {
      clients.remove(client);
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
      Files.deleteIfExists(path);
      for (SocketChannel client : clients) {
        client.close();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("ending the control socket " + path, failure);
    }
  }
}
