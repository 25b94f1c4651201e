package org.mdev4j.samples.mtty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.OpenCard.CONFIG;
import static org.mdev4j.samples.mtty.OpenCard.at;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardConfigurationTest {
  private final Machine machine = new Machine(Backend.LOOPBACK);

  @AfterEach
  void close() {
    machine.close();
  }

  private static byte[] expected(int ports) {
    byte[] bytes = new byte[256];
    put(bytes, 0x00, "48435332 01000002 10020007");
    put(bytes, 0x10, "01000000");
    if (ports == 2) {
      put(bytes, 0x14, "01000000");
    }
    put(bytes, 0x2c, "48435332");
    put(bytes, 0x3d, "01");
    put(bytes, 0x40, "23000080 23000000 23000000 23");
    System.arraycopy("PCI Serial/UART".getBytes(US_ASCII), 0, bytes, 0x60, 15);
    return bytes;
  }

  private static void put(byte[] bytes, int at, String hex) {
    byte[] contents = HexFormat.of().parseHex(hex.replace(" ", ""));
    System.arraycopy(contents, 0, bytes, at, contents.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void allBytes(int ports) {
    try (OpenCard card = machine.card(ports)) {
      assertThat(card.bytes(at(CONFIG, 0), 256)).isEqualTo(expected(ports));
      byte[] single = new byte[256];
      for (int i = 0; i < single.length; i++) {
        single[i] = card.bytes(at(CONFIG, i), 1)[0];
      }
      assertThat(single).isEqualTo(expected(ports));
    }
  }

  @Test
  void bothBarsTellTheirSize() {
    try (OpenCard card = machine.card(2)) {
      for (int bar = 0x10; bar <= 0x14; bar += 4) {
        card.config(bar, -1);
        assertThat(card.config(bar)).isEqualTo(0xfffffff9);
        card.config(bar, 0xc0a7);
        assertThat(card.config(bar)).isEqualTo(0xc0a1);
        card.write(at(CONFIG, bar + 1), (byte) 0xd0);
        assertThat(card.config(bar)).as("a narrow write").isEqualTo(0xd0a1);
      }
    }
  }

  @Test
  void aCardWithOnePortHasOneBar() {
    try (OpenCard card = machine.card(1)) {
      card.config(0x10, -1);
      assertThat(card.config(0x10)).isEqualTo(0xfffffff9);
      for (int bar = 0x14; bar <= 0x24; bar += 4) {
        card.config(bar, -1);
        assertThat(card.config(bar)).isZero();
      }
    }
  }

  @Test
  void nothingElseCanBeWrittenButTheInterruptLine() {
    try (OpenCard card = machine.card(2)) {
      byte[] ones = new byte[256];
      java.util.Arrays.fill(ones, (byte) 0xff);
      card.write(at(CONFIG, 0), ones);

      byte[] expected = expected(2);
      put(expected, 0x10, "f9ffffff f9ffffff");
      put(expected, 0x3c, "ff");
      assertThat(card.bytes(at(CONFIG, 0), 256)).isEqualTo(expected);
    }
  }

  @Test
  void isAsAtFirstAfterResetAndForTheNextUser() {
    String uuid = machine.create("mtty-2");
    try (OpenCard card = machine.open(uuid)) {
      card.config(0x10, 0xc0a0);
      card.file.reset();
      assertThat(card.bytes(at(CONFIG, 0), 256)).isEqualTo(expected(2));
      card.config(0x3c, 5);
    }
    try (OpenCard card = machine.open(uuid)) {
      assertThat(card.bytes(at(CONFIG, 0), 256)).isEqualTo(expected(2));
    }
  }
}
