package org.mdev4j.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

@DisplayName("Commands of the shell for a host, over a socket")
class ControlServerTest {
  private static final String DISPLAY = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
  private static final String CREATE =
      "modprobe mdpy; echo "
          + DISPLAY
          + " > /sys/class/mdev_bus/mdpy/mdev_supported_types/mdpy-vga/create";

  @TempDir Path folder;

  private final Host host = Host.builder().name("controlled").start();
  private Path socket;

  @BeforeEach
  void place() {
    socket = folder.resolve("control");
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("a line is carried out, and answered when it is done")
  void carriesOut() throws Exception {
    try (ControlServer _ = ControlServer.start(host, socket);
        ControlClient client = ControlClient.connect(socket)) {
      assertThat(client.run("echo a; echo b")).isEqualTo(new ControlClient.Answer(true, "a\nb\n"));
      ControlClient.Answer created = client.run(CREATE);
      assertThat(created).isEqualTo(new ControlClient.Answer(true, ""));
      assertThat(client.run("ls /sys/bus/mdev/devices").text()).isEqualTo(DISPLAY + "\n");
      ControlClient.Answer refused = client.run(CREATE);
      assertThat(refused.good()).isFalse();
      assertThat(refused.text()).contains("EEXIST");
      assertThat(client.run("nonsense").good()).isFalse();
    }
    assertThat(socket).doesNotExist();
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  @DisplayName("each client has a session of its own, which ends by exit or with its connection")
  void separatesClients() throws Exception {
    try (ControlServer _ = ControlServer.start(host, socket);
        ControlClient two = ControlClient.connect(socket)) {
      assertThat(two.run("uevents").text()).isEmpty();
      try (ControlClient one = ControlClient.connect(socket)) {
        assertThat(one.run(CREATE + "; uevents").text()).contains("add@", DISPLAY);
        assertThat(one.run("uevents").text()).isEmpty();
        assertThat(one.run("exit; ls")).isEqualTo(new ControlClient.Answer(true, ""));
        assertThatThrownBy(() -> one.run("ls")).isInstanceOf(IOException.class);
      }
      assertThat(two.run("uevents").text()).contains("add@", DISPLAY);
    }
  }

  @Test
  @DisplayName("a picture of a display that somebody uses")
  void takesPicture() throws Exception {
    Path picture = folder.resolve("it's a picture.png");
    try (ControlServer _ = ControlServer.start(host, socket);
        ControlClient client = ControlClient.connect(socket)) {
      assertThat(client.run("modprobe vfio_iommu_type1; " + CREATE).good()).isTrue();
      try (OpenDevice _ = host.service(Vfio.class).openDevice(DISPLAY, "a guest")) {
        ControlClient.Answer answer = client.run("screenshot " + DISPLAY + " \"" + picture + "\"");
        assertThat(answer.text()).startsWith("640x480 pixels");
        assertThat(host.service(Vfio.class).device(DISPLAY).users()).containsExactly("a guest");
      }
    }
    assertThat(picture).isNotEmptyFile();
  }

  @Test
  @DisplayName("the socket is its owner's only; one that nobody listens at is replaced, others not")
  void takesItsPlace() throws Exception {
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThatThrownBy(() -> ControlClient.connect(socket)).isInstanceOf(ConnectException.class);
    try (ControlServer _ = ControlServer.start(host, socket)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThatThrownBy(() -> ControlServer.start(host, socket))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("listens");
    }
    Files.createFile(socket);
    assertThatThrownBy(() -> ControlServer.start(host, socket)).hasMessageContaining("no socket");
    assertThatThrownBy(() -> ControlServer.start(host, folder.resolve("none/control")))
        .hasMessageContaining("no folder");
    assertThatThrownBy(() -> ControlServer.start(host, folder.resolve("x".repeat(120))))
        .hasMessageContaining("107");
  }

  @Test
  @DisplayName("a client of a host that ends is told so")
  void endsWithTheHost() throws Exception {
    ControlServer server = ControlServer.start(host, socket);
    try (ControlClient client = ControlClient.connect(socket)) {
      assertThat(client.run("ls").good()).isTrue();
      server.close();
      assertThatThrownBy(() -> client.run("ls")).isInstanceOf(IOException.class);
    }
  }
}
