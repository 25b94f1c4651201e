package org.mdev4j.sim.css.config;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.Console;

/** A user at a console, over TCP. */
class ConsolePortTest {
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final AtomicReference<Consumer<byte[]>> screen = new AtomicReference<>();

  private final Console console =
      new Console() {
        @Override
        public void connect(Consumer<byte[]> itsScreen) {
          screen.set(itsScreen);
          heard.add("connected");
        }

        @Override
        public void input(byte[] data) {
          heard.add(new String(data, US_ASCII));
        }

        @Override
        public void disconnect() {
          heard.add("disconnected");
        }
      };

  private record Opener(Console console, int port) implements DriverModule {
    @Override
    public String name() {
      return "opener";
    }

    @Override
    public void load(ModuleContext context) {
      ConsolePort.open(console, port, context);
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private String next() throws InterruptedException {
    return String.valueOf(heard.poll(30, TimeUnit.SECONDS));
  }

  @Test
  void oneUserAtATime() throws Exception {
    int port = freePort();
    try (Host host = Host.builder().withoutDiscovery().module(new Opener(console, port)).start()) {
      host.modules().modprobe("opener");
      for (int user = 0; user < 2; user++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          assertThat(next()).isEqualTo("connected");
          socket.getOutputStream().write("first\r\nsecond\n".getBytes(US_ASCII));
          assertThat(next()).isEqualTo("first");
          assertThat(next()).isEqualTo("second");
          screen.get().accept("hello".getBytes(US_ASCII));
          assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(US_ASCII));
        }
        assertThat(next()).isEqualTo("disconnected");
      }
      try (Socket last = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(next()).isEqualTo("connected");
        host.modules().rmmod("opener");
        assertThat(next()).isEqualTo("disconnected");
        assertThat(last.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void aPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Host host = Host.builder().module(new Opener(console, taken.getLocalPort())).start()) {
      assertThatThrownBy(() -> host.modules().modprobe("opener"))
          .hasMessageContaining("no console at port");
    }
  }
}
