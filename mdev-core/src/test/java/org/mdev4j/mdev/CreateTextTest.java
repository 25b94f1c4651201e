package org.mdev4j.mdev;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.SysfsFile;

@DisplayName("mdev 5, 14: the text written to create")
class CreateTextTest {
  private static final String UUID = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";

  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 10);

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("36 bytes: accepted, all written")
  void takes36Bytes() {
    assertThat(parent.create("1", UUID)).isEqualTo(36);
    assertThat(toys.names(parent.type("1") + "/devices")).containsExactly(UUID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\0", "x", " ", "\r", "-", "0", "\u00ff"})
  @DisplayName("37 bytes: the last one is never looked at")
  void ignoresByte37(String last) {
    assertThat(parent.create("1", UUID + last)).isEqualTo(37);
    assertThat(toys.names(parent.type("1") + "/devices")).containsExactly(UUID);
  }

  static Stream<String> malformed() {
    return Stream.of(
        UUID.substring(0, 35),
        UUID + "\n\n",
        UUID + "\r\n",
        UUID.substring(0, 35) + "\n",
        " " + UUID,
        " " + UUID.substring(0, 35),
        "{" + UUID.substring(0, 34) + "}",
        "{" + UUID + "}",
        "urn:uuid:" + UUID,
        UUID.replace("-", ""),
        UUID.replace('-', '_'),
        UUID.replace('-', '0'),
        "83b8f4f2-509f-382f-3c1ee-6bfe0fa1001",
        "83b8f4f-2509f-382f-3c1e-e6bfe0fa1001",
        "83b8f4f2-509f-382f-3c1e-e6bfe0fa100g",
        "g3b8f4f2-509f-382f-3c1e-e6bfe0fa1001",
        "83b8f4f2-509f-+82f-3c1e-e6bfe0fa1001",
        "83b8f4f2-509f-382f-3c1e-e6bfe0fa100\u00b2",
        "83b8f4f2-509f-382f-3c1e-e6bfe0fa100\n\n",
        "1",
        "\n",
        "\0".repeat(36),
        UUID + "0".repeat(4060),
        UUID + "0".repeat(5000));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  @DisplayName("anything else: EINVAL, and nothing happens")
  void refuses(String text) {
    List<String> before = toys.tree();
    assertErrno(Errno.EINVAL, () -> parent.create("1", text));
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(toys.events()).isEmpty();
    assertThat(parent.available("1")).isEqualTo(10);
  }

  @Test
  @DisplayName("an empty write: 0, and nothing happens")
  void ignoresNothing() {
    assertThat(parent.create("1", "")).isZero();
    assertThat(toys.events()).isEmpty();
    assertThat(toys.mdev().deviceCount()).isZero();
  }

  @Test
  @DisplayName("either case is accepted; the device's name is in lower case")
  void lowersTheCase() {
    parent.create("1", "83B8F4F2-509f-382F-3c1e-E6BFE0FA1001");
    assertThat(toys.names(parent.type("1") + "/devices")).containsExactly(UUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "00000001-0002-f003-0004-000000000005"
      })
  @DisplayName("neither version nor variant is looked at; nil is a UUID")
  void takesAnyBits(String uuid) {
    parent.create("1", uuid);
    assertThat(toys.names(parent.type("1") + "/devices")).containsExactly(uuid);
  }

  @Test
  @DisplayName(
      "a UUID in two halves is two errors; two UUIDs through one open file are two devices")
  void takesOneUuidAWrite() {
    try (SysfsFile create = toys.openForWrite(parent.type("1") + "/create")) {
      assertErrno(Errno.EINVAL, () -> create.write(bytes(UUID.substring(0, 20))));
      assertErrno(Errno.EINVAL, () -> create.write(bytes(UUID.substring(20))));
      create.write(bytes(toys.uuid().toString()));
      create.write(bytes(toys.uuid() + "\n"));
    }
    assertThat(toys.names(parent.type("1") + "/devices")).hasSize(2);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
