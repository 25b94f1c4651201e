package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.client.RemoteDevice;

@DisplayName("mdev up --vfio-user --create: devices in one process, used from another")
class UpVfioUserTest {
  private static final String CARD = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
  private static final int CONFIG = 7;

  @Test
  void servesWhatItCreates(@TempDir Path folder) throws Exception {
    Path sockets = folder.resolve("s");
    try (MdevProcess up =
        MdevProcess.start(
            "up",
            "--vfio-user",
            sockets.toString(),
            "--create",
            "mtty/mtty-2=" + CARD,
            "--create",
            "mdpy/mdpy-vga")) {
      Path socket = sockets.resolve(CARD + ".sock");
      assertThat(up.nextLine()).isEqualTo(CARD + " mtty/mtty-2");
      assertThat(up.nextLine())
          .isEqualTo(
              "  -device '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\""
                  + socket
                  + "\"}}'");
      assertThat(up.nextLine()).endsWith(" mdpy/mdpy-vga");
      assertThat(up.nextLine()).startsWith("  -device ");
      assertThat(up.nextLine()).isEqualTo("ready");
      useSerialCard(socket);
      useSerialCard(socket);
      up.signal("TERM");
      assertThat(up.status()).isZero();
      try (var left = Files.list(sockets)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  @DisplayName("a socket that another host serves: one line, status 1, and that host goes on")
  void servedByAnotherHost(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve(CARD + ".sock");
    String[] arguments = {
      "up", "--vfio-user", folder.toString(), "--create", "mtty/mtty-2=" + CARD
    };
    try (MdevProcess first = MdevProcess.start(arguments)) {
      assertThat(first.nextLine()).isEqualTo(CARD + " mtty/mtty-2");
      assertThat(first.nextLine()).contains(socket.toString());
      assertThat(first.nextLine()).isEqualTo("ready");
      try (MdevProcess second = MdevProcess.start(arguments)) {
        assertThat(second.status()).isEqualTo(1);
        assertThat(second.errors())
            .singleElement()
            .asString()
            .startsWith("mdev: " + CARD + " can't be served: ")
            .contains(socket.toString(), "listens");
        assertThat(second.restOfOutput()).isEmpty();
      }
      useSerialCard(socket);
      first.signal("TERM");
      assertThat(first.status()).isZero();
    }
  }

  /** Its identity, and a byte that a looped port sends to itself. */
  private static void useSerialCard(Path socket) throws Exception {
    try (Host host = Host.builder().name("other").start();
        Scope scope = new Scope("the remote card")) {
      host.modules().modprobe("vfio_iommu_type1");
      DeviceClass cards = scope.own(host.devices().registerClass("card"));
      Device place = host.devices().add(DeviceSpec.named("card").in(cards), scope);
      Vfio vfio = host.service(Vfio.class);
      scope.own(
          vfio.register(place, RemoteDevice.at(socket), host.modules().loaded("vfio"), List.of()));
      try (OpenDevice card = vfio.openDevice("card", "test")) {
        MemorySegment word = MemorySegment.ofArray(new byte[4]);
        card.file().read(card.file().regionInfo(32, CONFIG).offset(), word);
        assertThat(word.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(0x32534348);
        long port = card.file().regionInfo(32, 0).offset();
        // Characters of 8 bits, looped.
        card.file().write(port + 3, MemorySegment.ofArray(new byte[] {3, 0x10}));
        card.file().write(port, MemorySegment.ofArray(new byte[] {'!'}));
        MemorySegment one = MemorySegment.ofArray(new byte[1]);
        card.file().read(port, one);
        assertThat(one.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) '!');
      }
    }
  }

  @Test
  void saysWhatIsWrong(@TempDir Path folder) throws Exception {
    assertRefused(2, "is no PARENT/TYPE", "--create", "mtty-2");
    assertRefused(1, "there is no parent 'nope'", "--create", "nope/x");
    assertRefused(1, "is no UUID", "--create", "mtty/mtty-2=12");
    assertRefused(1, "has no type", "--create", "mtty/mtty-9");
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(1, "can't make the folder", "--vfio-user", file.resolve("x").toString());
    assertRefused(1, "107", "--vfio-user", folder.resolve("x".repeat(100)).toString());
  }

  private static void assertRefused(int status, String message, String... options)
      throws Exception {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "up";
    System.arraycopy(options, 0, arguments, 1, options.length);
    try (MdevProcess up = MdevProcess.start(arguments)) {
      assertThat(up.status()).isEqualTo(status);
      assertThat(up.errors()).anyMatch(line -> line.startsWith("mdev: ") && line.contains(message));
    }
  }
}
