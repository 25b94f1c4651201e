package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.RawClient;

@DisplayName("spec/vfio-user.md 5.1, Negotiate")
class NegotiateConformanceTest {
  private final ServedDevice device = new ServedDevice();
  private ServingHost host;
  private VfioUserServer server;
  private RawClient client;

  @BeforeEach
  void connect() {
    host = new ServingHost();
    host.register("dev", device);
    server = host.serve("dev", ServerLimits.USUAL);
    client = new RawClient(server.path());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    host.close();
  }

  private void assertRefused(Answer answer) {
    assertThat(answer.isError()).isTrue();
    assertThat(answer.errno()).isEqualTo(22);
    assertThat(answer.payload()).isEmpty();
    assertThat(client.receive()).as("the connection is closed").isNull();
    assertThat(device.calls).as("the device was not opened").isEmpty();
  }

  @Test
  void noPayload() {
    assertRefused(client.call(1, new byte[0]));
  }

  @Test
  void aMessageLargerThanAnyIsDropped() {
    client.sendRaw(Bytes.of().u16(1).u16(1).u32(1048609).u32(0).u32(0).array());
    assertThat(client.receive()).isNull();
  }

  @Test
  void anotherCommand() {
    assertRefused(client.call(999, Bytes.of().u16(0).u16(1).array()));
  }

  @Test
  void anotherMajor() {
    assertRefused(client.call(1, Bytes.of().u16(999).u16(1).array()));
  }

  @Test
  void jsonWithoutNul() {
    assertRefused(client.version(1, "{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "\"",
        "",
        "{} {}",
        "[]",
        "null",
        "{\"capabilities\":\"23\"}",
        "{\"capabilities\":[]}",
        "{\"capabilities\":{\"max_msg_fds\":\"foo\"}}",
        "{\"capabilities\":{\"max_msg_fds\":-1}}",
        "{\"capabilities\":{\"max_msg_fds\":1025}}",
        "{\"capabilities\":{\"max_msg_fds\":1e2}}",
        "{\"capabilities\":{\"max_msg_fds\":18446744073709551617}}",
        "{\"capabilities\":{\"max_data_xfer_size\":0}}",
        "{\"capabilities\":{\"max_data_xfer_size\":\"foo\"}}",
        "{\"capabilities\":{\"migration\":\"23\"}}",
        "{\"capabilities\":{\"migration\":{\"pgsize\":\"foo\"}}}",
        "{\"capabilities\":{\"migration\":{\"pgsize\":4095}}}",
        "{\"capabilities\":{\"twin_socket\":true}}",
        "{\"capabilities\":{\"twin_socket\":{\"supported\":1}}}",
        "{\"capabilities\":{\"write_multiple\":1}}"
      })
  void wrongJson(String json) {
    Answer answer = client.version(1, json + "\0");
    assertThat(answer.isError()).isTrue();
    assertThat(answer.errno()).isEqualTo(22);
    assertThat(client.receive()).isNull();
  }

  @Test
  @DisplayName("JSON nested a hundred thousand deep is refused, not a stack overflow")
  void deepJson() {
    assertRefused(client.version(1, "[".repeat(100_000) + "\0"));
  }

  @Test
  void fileDescriptorsWithVersion() {
    int eventfd = C.eventfd(0);
    client.send(1, Bytes.of().u16(0).u16(1).text("{}\0").array(), eventfd);
    assertRefused(client.receive());
    C.close(eventfd);
  }

  @Test
  void withoutJson() {
    Answer answer = client.call(1, Bytes.of().u16(0).u16(1).array());
    assertThat(answer.isError()).isFalse();
    assertThat(answer.u16(0)).isZero();
    assertThat(answer.u16(2)).isEqualTo(1);
    assertThat(answer.text(4))
        .contains("\"max_msg_fds\":8")
        .contains("\"max_data_xfer_size\":1048576")
        .contains("\"migration\":{\"pgsize\":4096}")
        .doesNotContain("twin_socket")
        .doesNotContain("write_multiple")
        .endsWith("}\0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"capabilities\":{\"max_msg_fds\":1024,\"unknown\":[1]}}"})
  void rightJson(String json) {
    Answer answer = client.version(7, json + "\0");
    assertThat(answer.isError()).isFalse();
    assertThat(answer.u16(2)).as("the lesser of both minor versions").isEqualTo(2);
  }

  @Test
  @DisplayName("section 2: the reply to QEMU is no longer than QEMU's request")
  void shortEnoughForQemu() {
    String qemu =
        "{\"capabilities\": {\"pgsizes\": 4096, \"max_msg_fds\": 16, \"max_dma_maps\": 65535,"
            + " \"max_data_xfer_size\": 1048576, \"migration\": {\"max_bitmap_size\": 268435456,"
            + " \"pgsize\": 4096}, \"write_multiple\": true}}\0";
    Answer answer = client.version(0, qemu);
    assertThat(answer.u16(2)).isZero();
    assertThat(answer.payload().length).isLessThanOrEqualTo(4 + qemu.length());
  }

  @Test
  void aTwinSocketIfItWasAskedFor() {
    Answer answer =
        client.version(
            1, "{\"capabilities\":{\"max_msg_fds\":8,\"twin_socket\":{\"supported\":true}}}\0");
    assertThat(answer.text(4)).contains("\"twin_socket\":{\"supported\":true,\"fd_index\":0}");
    assertThat(answer.descriptors()).hasSize(1);
    answer.descriptors().forEach(C::close);
  }

  @Test
  @DisplayName("a second client is refused while the first is there, and served after it")
  void oneAtATime() {
    assertThat(client.version(1, "{}\0").isError()).isFalse();
    try (RawClient second = new RawClient(server.path())) {
      Answer answer = second.version(1, "{}\0");
      assertThat(answer.errno()).isEqualTo(16);
      assertThat(second.receive()).isNull();
    }
    assertThat(client.read(ServedDevice.PLAIN_BAR, 0, 4).isError()).isFalse();
    client.close();
    client = new RawClient(server.path());
    assertThat(client.version(1, "{}\0").isError()).isFalse();
    assertThat(device.calls).startsWith("open", "reset", "close", "open");
  }

  @Test
  @DisplayName("a device that somebody else has open is refused with EBUSY")
  void inUse() {
    try (var _ = host.vfio().openDevice("dev", "another")) {
      assertThat(client.version(1, "{}\0").errno()).isEqualTo(16);
    }
  }

  @Test
  void theSocketIsForItsOwnerOnly() throws java.io.IOException {
    assertThat(java.nio.file.Files.getPosixFilePermissions(server.path()))
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                java.nio.file.attribute.PosixFilePermission.OWNER_READ,
                java.nio.file.attribute.PosixFilePermission.OWNER_WRITE));
  }
}
