package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.RawClient;

@DisplayName("spec/vfio-user.md 5.17 Lifecycle; sockets that come and go with devices")
class LifecycleConformanceTest {
  @Test
  @DisplayName("a server that is closed resets the device, disconnects and removes the socket")
  void closing() {
    try (ServingHost host = new ServingHost()) {
      ServedDevice device = new ServedDevice();
      host.register("dev", device);
      VfioUserServer server = host.serve("dev", ServerLimits.USUAL);
      try (RawClient client = RawClient.agreed(server.path())) {
        server.close();
        server.close();
        assertThat(device.calls).containsExactly("open", "reset", "close");
        assertThat(client.receive()).isNull();
        assertThat(server.path()).doesNotExist();
      }
    }
  }

  @Test
  @DisplayName("a stale socket is replaced; one that is served, or another file, is not")
  void places() throws IOException {
    try (ServingHost host = new ServingHost()) {
      host.register("dev", new ServedDevice());
      try (VfioUserServer first = host.serve("dev", ServerLimits.USUAL)) {
        assertThatThrownBy(() -> host.serve("dev", ServerLimits.USUAL))
            .isInstanceOf(ErrnoException.class)
            .hasMessageContaining("already");
        assertThat(first.path()).exists();
      }
      Path file = Files.createFile(host.folder.resolve("dev.sock"));
      assertThatThrownBy(() -> host.serve("dev", ServerLimits.USUAL))
          .isInstanceOf(ErrnoException.class)
          .hasMessageContaining("no socket");
      Files.delete(file);
      try (var stale =
          java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
        stale.bind(java.net.UnixDomainSocketAddress.of(file));
      }
      assertThat(file).exists();
      try (VfioUserServer second = host.serve("dev", ServerLimits.USUAL);
          RawClient client = RawClient.agreed(second.path())) {
        assertThat(client.read(1, 0, 4).isError()).isFalse();
      }
      assertThatThrownBy(
              () ->
                  VfioUserServer.start(
                      host.vfio(), "dev", host.folder.resolve("x".repeat(120) + ".sock")))
          .isInstanceOf(ErrnoException.class)
          .hasMessageContaining("107");
      assertThatThrownBy(
              () -> VfioUserServer.start(host.vfio(), "dev", host.folder.resolve("no/dev.sock")))
          .isInstanceOf(ErrnoException.class);
    }
  }

  @Test
  @DisplayName("each PCI device has its socket as soon as it is registered, others have none")
  void directory() {
    try (ServingHost host = new ServingHost()) {
      host.register("before", new ServedDevice());
      try (SocketDirectory sockets = new SocketDirectory(host.vfio(), host.folder)) {
        assertThat(sockets.path("before")).exists();
        VfioRegistration device = host.register("dev", new ServedDevice());
        host.register(
            "channel",
            new ServedDevice() {
              @Override
              public DeviceApi api() {
                return DeviceApi.CCW;
              }
            });
        assertThat(sockets.path("channel")).doesNotExist();
        try (RawClient client = RawClient.agreed(sockets.path("dev"))) {
          assertThat(client.read(1, 0, 4).isError()).isFalse();
        }
        device.close();
        assertThat(sockets.path("dev")).doesNotExist();
      }
      assertThat(host.folder).isEmptyDirectory();
    }
  }

  @Test
  @DisplayName(
      "removal of a device in use: the socket goes, REQ asks the user, and all waits for it")
  void removalInUse() {
    try (ServingHost host = new ServingHost();
        SocketDirectory sockets = new SocketDirectory(host.vfio(), host.folder)) {
      ServedDevice model = new ServedDevice();
      VfioRegistration device = host.register("dev", model);
      int request = C.eventfd(0);
      CompletableFuture<Void> removal;
      try (RawClient client = RawClient.agreed(sockets.path("dev"))) {
        assertThat(client.errno(8, RawClient.irqSet(0x24, ServedDevice.REQ, 0, 1), request))
            .isZero();
        removal = CompletableFuture.runAsync(device::close);
        ServingHost.eventually(() -> model.calls.contains("request 0"));
        assertThat(C.take(request)).isEqualTo(1);
        assertThat(sockets.path("dev")).doesNotExist();
        assertThat(client.read(1, 0, 4).isError()).as("the user still works").isFalse();
        assertThat(removal).isNotDone();
      }
      removal.join();
      assertThat(model.calls).endsWith("reset", "close");
      C.close(request);
    }
  }
}
