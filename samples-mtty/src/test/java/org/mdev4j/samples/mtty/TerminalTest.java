package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mdev4j.samples.mtty.UartBits.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TerminalTest {
  private static final Duration LOOK = Duration.ofMillis(5);

  private final Machine machine = new Machine(Backend.PTY);

  @BeforeAll
  static void needsTerminals() {
    assumeTrue(Files.exists(Path.of("/dev/ptmx")), "this machine has pseudo-terminals");
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private Path path(String uuid, int port) {
    return Path.of(machine.read("/sys/bus/mdev/devices/" + uuid + "/vendor/pty" + port));
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void type(FileChannel terminal, byte... bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      terminal.write(buffer);
    }
  }

  private static byte[] show(FileChannel terminal, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      terminal.read(buffer);
    }
    return buffer.array();
  }

  private static OpenCard prepared(OpenCard card) {
    for (int port = 0; port < 2; port++) {
      card.out(port, LCR, 3);
      card.out(port, FCR, 1);
    }
    return card;
  }

  /** What comes from a terminal passes through this machine's kernel, which takes its time. */
  private void awaitByte(OpenCard card, int port) {
    while ((card.in(port, LSR) & LSR_DATA_READY) == 0) {
      machine.clock.advance(LOOK);
      Thread.onSpinWait();
    }
  }

  @Test
  void goesOutAndComesInUnchanged() throws IOException {
    String uuid = machine.create("mtty-2");
    try (OpenCard card = prepared(machine.open(uuid));
        FileChannel one = open(path(uuid, 0));
        FileChannel two = open(path(uuid, 1))) {
      byte[] all = new byte[256];
      for (int i = 0; i < all.length; i++) {
        all[i] = (byte) i;
        card.out(1, THR, i);
      }
      assertThat(show(two, all.length)).isEqualTo(all);
      type(one, all);
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      while (received.size() < all.length) {
        awaitByte(card, 0);
        received.write(card.in(0, RBR));
      }
      assertThat(received.toByteArray()).isEqualTo(all);
      assertThat(card.in(1, LSR)).as("the other port").isEqualTo(0x60);
      assertThat(card.in(0, MSR)).isEqualTo(0xb0);
    }
  }

  @Test
  void nothingIsLostHoweverSlowlyThePortReads() throws IOException {
    String uuid = machine.create("mtty-1");
    byte[] bytes = new byte[3000];
    new Random(1).nextBytes(bytes);
    try (OpenCard card = machine.open(uuid);
        FileChannel terminal = open(path(uuid, 0))) {
      card.out(0, FCR, 1);
      type(terminal, bytes);
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      while (received.size() < bytes.length) {
        awaitByte(card, 0);
        machine.clock.advance(LOOK.multipliedBy(3));
        int status = card.in(0, LSR);
        assertThat(status & LSR_OVERRUN).isZero();
        received.write(card.in(0, RBR));
      }
      assertThat(received.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void withoutFifosByteByByte() throws IOException {
    String uuid = machine.create("mtty-1");
    try (OpenCard card = machine.open(uuid);
        FileChannel terminal = open(path(uuid, 0))) {
      type(terminal, (byte) 'a', (byte) 'b', (byte) 'c');
      for (int value = 'a'; value <= 'c'; value++) {
        awaitByte(card, 0);
        assertThat(card.in(0, LSR)).isEqualTo(0x61);
        assertThat(card.in(0, RBR)).isEqualTo(value);
      }
    }
  }

  @Test
  void nobodyNeedsToRead() {
    try (OpenCard card = machine.card(1)) {
      for (int i = 0; i < 200_000; i++) {
        card.out(0, THR, i);
      }
      assertThat(card.in(0, LSR)).isEqualTo(0x60);
    }
  }

  @Test
  void terminalsComeAndGo() throws IOException {
    String uuid = machine.create("mtty-1");
    try (OpenCard card = machine.open(uuid)) {
      card.out(0, LCR, 3);
      for (int value = '0'; value <= '9'; value++) {
        try (FileChannel terminal = open(path(uuid, 0))) {
          type(terminal, (byte) value);
          awaitByte(card, 0);
          assertThat(card.in(0, RBR)).isEqualTo(value);
          card.out(0, THR, value);
          assertThat(show(terminal, 1)).containsExactly(value);
        }
      }
    }
  }

  @Test
  void theNextUserDoesNotGetWhatWasTypedBefore() throws IOException {
    String uuid = machine.create("mtty-1");
    try (FileChannel terminal = open(path(uuid, 0))) {
      try (OpenCard first = machine.open(uuid)) {
        first.out(0, FCR, 1);
        byte[] many = new byte[100];
        java.util.Arrays.fill(many, (byte) 'x');
        type(terminal, many);
        awaitByte(first, 0);
      }
      assertThat(machine.clock.timers()).as("nothing runs while nobody uses it").isZero();
      try (OpenCard second = machine.open(uuid)) {
        type(terminal, (byte) 'y');
        awaitByte(second, 0);
        assertThat(second.in(0, RBR)).isEqualTo('y');
      }
    }
  }

  @Test
  void theTerminalGoesWithTheCard() {
    String uuid = machine.create("mtty-2");
    Path one = path(uuid, 0);
    Path two = path(uuid, 1);
    assertThat(one).exists().isNotEqualTo(two);
    machine.remove(uuid);
    assertThat(one).doesNotExist();
    assertThat(two).doesNotExist();
  }
}
