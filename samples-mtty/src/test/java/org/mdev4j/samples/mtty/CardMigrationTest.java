package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.CardRegionsTest.refuses;
import static org.mdev4j.samples.mtty.OpenCard.INTX;
import static org.mdev4j.samples.mtty.UartBits.*;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.migration.DataFile;
import org.mdev4j.vfio.migration.PrecopyInfo;

class CardMigrationTest {
  private static final int STOP = 1;
  private static final int RUNNING = 2;
  private static final int STOP_COPY = 3;
  private static final int RESUMING = 4;
  private static final int RUNNING_P2P = 5;
  private static final int PRE_COPY = 6;
  private static final int PRE_COPY_P2P = 7;

  private static final int HEADER = 24;
  private static final int PORT = 36;

  private final Machine machine = new Machine(Backend.NULL_MODEM);

  @AfterEach
  void close() {
    machine.close();
  }

  /** A card whose ports are both in the middle of something. */
  private OpenCard busyCard() {
    OpenCard card = machine.card(2);
    for (int port = 0; port < 2; port++) {
      card.out(port, FCR, 0x81);
      card.out(port, IER, IER_RDI | IER_MSI);
      card.out(port, LCR, 0x83);
      card.out(port, 0, 0x10 + port);
      card.out(port, 1, 0x20 + port);
      card.out(port, LCR, 0x03);
      card.out(port, MCR, 0x0b + port * 4);
      card.out(port, SCR, 0x77 + port);
    }
    for (int i = 0; i < 17; i++) {
      card.out(0, THR, 'A' + i);
    }
    card.out(1, THR, 'z');
    card.in(1, MSR);
    return card;
  }

  private static byte[] readAll(DataFile file, int chunk) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] bytes = new byte[chunk];
    while (true) {
      int count = (int) file.read(MemorySegment.ofArray(bytes));
      if (count == 0) {
        return all.toByteArray();
      }
      all.write(bytes, 0, count);
    }
  }

  private static DataFile begin(OpenCard card, int state) {
    return Objects.requireNonNull(card.migrate(state));
  }

  private static byte[] save(OpenCard card) {
    try (DataFile file = begin(card, STOP_COPY)) {
      return readAll(file, 1000);
    }
  }

  private static DataFile resume(OpenCard card, byte[] stream) {
    DataFile file = begin(card, RESUMING);
    file.write(MemorySegment.ofArray(stream));
    return file;
  }

  @Test
  void features() {
    try (OpenCard one = machine.card(1);
        OpenCard two = machine.card(2)) {
      assertThat(one.feature(1)).isEqualTo(7);
      assertThat(one.feature(9)).isEqualTo(60);
      assertThat(two.feature(9)).isEqualTo(96);
      assertThat(one.migrationState()).isEqualTo(RUNNING);
    }
  }

  @Test
  void streamOfAFreshCard() {
    try (OpenCard card = machine.card(1)) {
      byte[] expected =
          HexFormat.of()
              .parseHex(
                  "4e2c3e8c89099d7e"
                      + "01000000"
                      + "00000000"
                      + "01000000"
                      + "00000000"
                      + "0000000000000000"
                      + "00".repeat(16)
                      + "000000"
                      + "0000"
                      + "00"
                      + "0c00"
                      + "00"
                      + "01"
                      + "01"
                      + "00");
      assertThat(save(card)).isEqualTo(expected);
    }
  }

  @Test
  void streamOfABusyPort() {
    byte[] stream;
    try (OpenCard card = busyCard()) {
      stream = save(card);
    }
    assertThat(stream).hasSize(96);
    ByteBuffer port = ByteBuffer.wrap(stream, HEADER + PORT, PORT).slice();
    port.order(ByteOrder.LITTLE_ENDIAN);
    assertThat(port.get(IER)).isEqualTo((byte) 0x09);
    assertThat(port.get(LCR)).isEqualTo((byte) 0x03);
    assertThat(port.get(MCR)).isEqualTo((byte) 0x0f);
    assertThat(port.get(MSR)).isEqualTo((byte) 0xb0);
    assertThat(port.get(SCR)).isEqualTo((byte) 0x78);
    byte[] received = new byte[16];
    port.get(8, received);
    assertThat(received).asString().isEqualTo("ABCDEFGHIJKLMNOP");
    assertThat(port.get(24)).as("head").isZero();
    assertThat(port.get(25)).as("tail").isZero();
    assertThat(port.get(26)).as("count").isEqualTo((byte) 16);
    assertThat(port.get(27)).as("DLAB").isZero();
    assertThat(port.get(28)).as("overrun").isEqualTo((byte) 1);
    assertThat(port.getShort(30)).isEqualTo((short) 0x2111);
    assertThat(port.get(32)).isEqualTo((byte) 0x81);
    assertThat(port.get(33)).isEqualTo((byte) 16);
    assertThat(port.get(34)).isEqualTo((byte) 8);
  }

  @Test
  void whatWasSavedIsThereAgain() {
    byte[] stream;
    try (OpenCard source = busyCard()) {
      stream = save(source);
    }
    try (OpenCard target = machine.card(2)) {
      EventCounter events = new EventCounter();
      target.trigger(INTX, () -> events);
      resume(target, stream).close();
      target.migrate(STOP);
      assertThat(save(target)).as("byte by byte").isEqualTo(stream);
      target.migrate(RUNNING);

      assertThat(events.take()).isOne();
      assertThat(target.in(1, IIR)).isEqualTo(0xc4);
      assertThat(target.in(1, LSR)).isEqualTo(0x63);
      for (int i = 0; i < 16; i++) {
        assertThat(target.in(1, RBR)).isEqualTo('A' + i);
      }
      assertThat(target.in(1, LSR)).isEqualTo(0x60);
      assertThat(target.in(1, MSR)).isEqualTo(0xb0);
      assertThat(target.in(1, SCR)).isEqualTo(0x78);
      assertThat(target.in(0, IER)).isEqualTo(0x09);
      assertThat(target.in(0, IIR)).as("the modem's change").isEqualTo(0xc0);
      assertThat(target.in(0, MSR)).isEqualTo(0xbb);
      target.out(0, LCR, 0x83);
      assertThat(target.in(0, 0)).isEqualTo(0x10);
      assertThat(target.in(0, 1)).isEqualTo(0x20);
      target.out(0, LCR, 0x03);
      machine.clock.advance(UartBench.TIMEOUT.multipliedBy(1000));
      assertThat(target.in(0, IIR)).as("time goes on").isEqualTo(0xcc);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 24, 96})
  void anyPieces(int chunk) {
    try (OpenCard source = busyCard();
        OpenCard target = machine.card(2)) {
      byte[] stream;
      try (DataFile file = begin(source, STOP_COPY)) {
        stream = readAll(file, chunk);
      }
      assertThat(stream).hasSize(96);
      try (DataFile file = begin(target, RESUMING)) {
        for (int at = 0; at < stream.length; at += chunk) {
          byte[] piece = Arrays.copyOfRange(stream, at, Math.min(at + chunk, stream.length));
          assertThat(file.write(MemorySegment.ofArray(piece))).isEqualTo(piece.length);
        }
      }
      target.migrate(STOP);
      assertThat(save(target)).isEqualTo(stream);
    }
  }

  @Test
  void preCopyGivesTheHeaderFirst() {
    try (OpenCard card = busyCard()) {
      byte[] whole = save(card);
      card.migrate(RUNNING);
      DataFile file = begin(card, PRE_COPY);
      assertThat(file.precopyInfo(24)).isEqualTo(new PrecopyInfo(24, 0));
      byte[] begin = new byte[10];
      assertThat(file.read(MemorySegment.ofArray(begin))).isEqualTo(10);
      assertThat(file.precopyInfo(24)).isEqualTo(new PrecopyInfo(14, 0));
      byte[] rest = readAll(file, 100);
      assertThat(rest).hasSize(14);
      assertThat(file.precopyInfo(24)).isEqualTo(new PrecopyInfo(0, 0));
      assertThat(card.migrate(PRE_COPY_P2P)).isNull();
      assertThat(card.in(1, RBR)).as("it still runs").isEqualTo('A');
      assertThat(card.migrate(STOP_COPY)).as("the same session").isNull();
      refuses(Errno.EINVAL, () -> file.precopyInfo(24));
      byte[] ports = readAll(file, 100);
      assertThat(ports).hasSize(72);
      assertThat(Arrays.copyOf(whole, 10)).isEqualTo(begin);
      assertThat(ports[PORT + 26]).as("one byte less").isEqualTo((byte) 15);
      card.migrate(STOP);
      refuses(Errno.ENODEV, () -> readAll(file, 10));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 24, 59, 95})
  void aCutStreamIsRefusedUntilItIsComplete(int length) {
    try (OpenCard card = busyCard()) {
      byte[] stream = save(card);
      DataFile file = resume(card, Arrays.copyOf(stream, length));
      refuses(Errno.EINVAL, () -> card.migrate(STOP));
      assertThat(card.migrationState()).isEqualTo(RESUMING);
      file.write(MemorySegment.ofArray(Arrays.copyOfRange(stream, length, stream.length)));
      card.migrate(STOP);
      assertThat(card.migrationState()).isEqualTo(STOP);
    }
  }

  @Test
  void tooMuchIsRefused() {
    try (OpenCard card = busyCard()) {
      byte[] stream = save(card);
      DataFile file = resume(card, stream);
      refuses(Errno.ENOMEM, () -> file.write(MemorySegment.ofArray(new byte[1])));
      card.migrate(STOP);
    }
  }

  /** Magic, major, minor, ports, flags. */
  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 12, 16, 20})
  void aWrongHeaderIsRefusedAtOnceAndStaysWrong(int at) {
    try (OpenCard card = busyCard()) {
      byte[] stream = save(card);
      stream[at] ^= 3;
      DataFile file = begin(card, RESUMING);
      byte[] header = Arrays.copyOf(stream, HEADER);
      refuses(Errno.EFAULT, () -> file.write(MemorySegment.ofArray(header)));
      file.write(MemorySegment.ofArray(Arrays.copyOfRange(stream, HEADER, 96)));
      refuses(Errno.EINVAL, () -> card.migrate(STOP));
      assertThat(card.migrationState()).isEqualTo(RESUMING);
      card.file.reset();
      assertThat(card.migrationState()).isEqualTo(RUNNING);
    }
  }

  @Test
  void aCardWithAnotherNumberOfPortsIsRefused() {
    try (OpenCard dual = machine.card(2);
        OpenCard single = machine.card(1)) {
      byte[] stream = save(single);
      DataFile file = begin(dual, RESUMING);
      refuses(Errno.EFAULT, () -> file.write(MemorySegment.ofArray(stream)));
    }
  }

  /** Head, tail, count, DLAB, overrun, capacity, level. */
  @ParameterizedTest
  @CsvSource({
    "24, 16", "24, 255", "24, 3", "25, 16", "25, 128", "25, 1", "26, 17", "26, 255", "26, 15",
    "27, 2", "27, 255", "28, 2", "28, 255", "33, 0", "33, 2", "33, 255", "34, 2", "34, 16",
    "34, 255"
  })
  void hostileStatesAreRefusedAndChangeNothing(int at, int value) {
    try (OpenCard card = busyCard()) {
      byte[] stream = save(card);
      byte[] hostile = stream.clone();
      hostile[HEADER + PORT + at] = (byte) value;
      resume(card, hostile).close();
      refuses(Errno.EINVAL, () -> card.migrate(STOP));
      assertThat(card.migrationState()).isEqualTo(RESUMING);
      assertThat(card.in(1, SCR)).isEqualTo(0x78);
    }
  }

  @Test
  void fifoOfOtherSendersBeginsAnywhere() {
    try (OpenCard card = busyCard()) {
      byte[] stream = save(card);
      int port = HEADER + PORT;
      stream[port + 24] = 2;
      stream[port + 25] = 14;
      stream[port + 26] = 4;
      resume(card, stream).close();
      card.migrate(RUNNING);
      assertThat(card.in(1, RBR)).isEqualTo('O');
      assertThat(card.in(1, RBR)).isEqualTo('P');
      assertThat(card.in(1, RBR)).isEqualTo('A');
      assertThat(card.in(1, RBR)).isEqualTo('B');
    }
  }

  @Test
  void noStreamBreaksTheCard() {
    Random random = new Random(16550);
    try (OpenCard card = busyCard()) {
      byte[] good = save(card);
      for (int round = 0; round < 2000; round++) {
        byte[] stream = good.clone();
        for (int i = 0; i < 3; i++) {
          stream[HEADER + random.nextInt(stream.length - HEADER)] = (byte) random.nextInt(20);
        }
        resume(card, stream).close();
        try {
          card.migrate(RUNNING);
        } catch (org.mdev4j.device.errno.ErrnoException refusal) {
          assertThat(refusal.errno()).isEqualTo(Errno.EINVAL);
          card.file.reset();
        }
        for (int i = 0; i < 40; i++) {
          card.in(i % 2, i / 2 % 8);
          card.out(i % 2, THR, i);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {STOP, RUNNING, STOP_COPY, RESUMING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P})
  void aResetInEachState(int state) {
    try (OpenCard card = busyCard()) {
      DataFile file = card.migrate(state);
      card.file.reset();

      assertThat(card.migrationState()).isEqualTo(RUNNING);
      assertThat(card.in(1, SCR)).isZero();
      assertThat(card.in(1, LSR)).isEqualTo(0x60);
      if (file != null) {
        refuses(
            Errno.ENODEV,
            () -> {
              if (state == RESUMING) {
                file.write(MemorySegment.ofArray(new byte[1]));
              } else {
                file.read(MemorySegment.ofArray(new byte[1]));
              }
            });
      }
      card.out(1, FCR, 0xc1);
      card.out(1, IER, IER_RDI);
      card.out(0, THR, 'x');
      machine.clock.advance(UartBench.TIMEOUT);
      assertThat(card.in(1, IIR)).as("it runs").isEqualTo(0xcc);
    }
  }

  @Test
  void whileItIsStoppedNoTimePasses() {
    try (OpenCard card = machine.card(2)) {
      card.out(1, FCR, 0xc1);
      card.out(1, IER, IER_RDI);
      card.out(0, THR, 'x');
      card.migrate(STOP);
      machine.clock.advance(UartBench.TIMEOUT);
      assertThat(card.in(1, IIR)).isEqualTo(0xc1);
      card.migrate(RUNNING);
      assertThat(card.in(1, IIR)).isEqualTo(0xcc);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void eachBackendRestoresWhatItSaved(Backend backend) {
    try (Machine other = new Machine(backend);
        OpenCard source = other.card(1);
        OpenCard target = other.card(1)) {
      source.out(0, MCR, 0x0b);
      source.in(0, MSR);
      byte[] stream = save(source);
      resume(target, stream).close();
      target.migrate(STOP);
      assertThat(save(target)).isEqualTo(stream);
    }
  }
}
