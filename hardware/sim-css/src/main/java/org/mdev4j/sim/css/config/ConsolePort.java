package org.mdev4j.sim.css.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.Console;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP port of the loopback interface at which one user at a time can sit at a console. What the
 * guest writes is sent as it is; each line that arrives is one input, without its end.
 *
 * <p>A work queue that the host lends serves it; closing the port ends that. The monitor guards the
 * two sockets.
 */
final class ConsolePort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConsolePort.class);

  private static final int LONGEST_LINE = 4096;

  private final Console console;
  private final ServerSocket server;
  private @Nullable Socket user;
  private boolean closed;

  private ConsolePort(Console console, ServerSocket server) {
    this.console = console;
    this.server = server;
  }

  /**
   * Opens the port; it is closed with the module.
   *
   * @param port its number, or 0 for any
   * @throws ErrnoException {@code EADDRINUSE} if it can't be had
   */
  static void open(Console console, int port, ModuleContext module) {
    try {
      ServerSocket server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      log.info("console at port {}", server.getLocalPort());
      var queue = module.workQueue("console" + server.getLocalPort());
      ConsolePort opened = module.scope().own(new ConsolePort(console, server));
      queue.submit(opened::serve);
    } catch (IOException e) {
      throw new ErrnoException(
          Errno.EADDRINUSE, "no console at port " + port + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    Socket seated;
    synchronized (this) {
      closed = true;
      seated = user;
    }
    server.close();
    if (seated != null) {
      seated.close();
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket next = server.accept()) {
        if (seat(next)) {
          OutputStream out = next.getOutputStream();
          console.connect(bytes -> send(out, bytes));
          readLines(next.getInputStream());
        }
      } catch (SocketException e) {
        log.debug("console: {}", e.getMessage());
      } catch (IOException e) {
        log.info("console: {}", e.getMessage());
      } finally {
        console.disconnect();
      }
    }
  }

  private synchronized boolean seat(Socket next) {
    user = next;
    return !closed;
  }

  private void readLines(InputStream in) throws IOException {
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n' || length == line.length) {
        console.input(java.util.Arrays.copyOf(line, length));
        length = 0;
      }
      if (next != '\n' && next != '\r') {
        line[length++] = (byte) next;
      }
    }
  }

  private static void send(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
