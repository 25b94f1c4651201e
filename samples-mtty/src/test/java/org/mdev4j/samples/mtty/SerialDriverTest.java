package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.OpenCard.INTX;
import static org.mdev4j.samples.mtty.OpenCard.MSI;

import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.vfio.irq.EventCounter;

/** A serial driver finds a 16550A and moves bytes by interrupts, through the device file only. */
class SerialDriverTest {
  /** 64 KiB and a few bytes that only a time-out delivers. */
  private static final int SIZE = 65536 + 3;

  private static final int MOST_IDLE_ROUNDS = 10;

  private static byte[] random(int seed) {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void findsA16550A(Backend backend) {
    try (Machine machine = new Machine(backend);
        OpenCard card = machine.card(2)) {
      for (int port = 0; port < 2; port++) {
        SerialDriver driver = new SerialDriver(card, port);
        assertThat(driver.probe()).isEqualTo(SerialDriver.Chip.IS_16550A);
        assertThat(driver.transmitterAsksAnew()).isTrue();
        assertThat(driver.fifoSize()).isEqualTo(16);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, true", "0, false", "1, true", "1, false"})
  void throughTheLoop(int interrupt, boolean looped) {
    try (Machine machine = new Machine(looped ? Backend.NULL_MODEM : Backend.LOOPBACK);
        OpenCard card = machine.card(2)) {
      SerialDriver driver = new SerialDriver(card, 1);
      EventCounter events = new EventCounter();
      card.trigger(interrupt, () -> events);
      driver.start();
      if (looped) {
        driver.loop();
      }
      byte[] bytes = random(1);
      driver.send(bytes);

      serve(machine, card, interrupt, events, () -> driver.receivedCount() >= SIZE, driver);

      assertThat(driver.received()).isEqualTo(bytes);
      assertThat(driver.hasSentAll()).isTrue();
      assertThat(driver.overruns).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void bothWaysOverANullModem(int interrupt) {
    try (Machine machine = new Machine(Backend.NULL_MODEM);
        OpenCard card = machine.card(2)) {
      SerialDriver one = new SerialDriver(card, 0);
      SerialDriver two = new SerialDriver(card, 1);
      EventCounter events = new EventCounter();
      card.trigger(interrupt, () -> events);
      one.start();
      two.start();
      byte[] there = random(2);
      byte[] back = random(3);
      one.send(there);
      two.send(back);

      serve(
          machine,
          card,
          interrupt,
          events,
          () -> one.receivedCount() >= SIZE && two.receivedCount() >= SIZE,
          one,
          two);

      assertThat(two.received()).isEqualTo(there);
      assertThat(one.received()).isEqualTo(back);
      assertThat(one.overruns + two.overruns).isZero();
    }
  }

  @Test
  void theLastBytesComeByATimeout() {
    try (Machine machine = new Machine(Backend.NULL_MODEM);
        OpenCard card = machine.card(2)) {
      SerialDriver one = new SerialDriver(card, 0);
      SerialDriver two = new SerialDriver(card, 1);
      EventCounter events = new EventCounter();
      card.trigger(INTX, () -> events);
      one.start();
      two.start();
      one.send(new byte[] {1, 2, 3});

      serve(machine, card, INTX, events, () -> two.receivedCount() == 3, one, two);

      assertThat(two.received()).containsExactly(1, 2, 3);
      assertThat(two.timeouts).isOne();
    }
  }

  /** The handler of a shared interrupt: asks all ports until none has anything. */
  private static void serve(
      Machine machine,
      OpenCard card,
      int interrupt,
      EventCounter events,
      BooleanSupplier done,
      SerialDriver... drivers) {
    int idle = 0;
    while (!done.getAsBoolean()) {
      if (events.take() == 0) {
        assertThat(idle++).as("rounds without an interrupt").isLessThan(MOST_IDLE_ROUNDS);
        machine.clock.advance(UartBench.TIMEOUT);
        continue;
      }
      idle = 0;
      boolean asked = true;
      while (asked) {
        asked = false;
        for (SerialDriver driver : List.of(drivers)) {
          asked |= driver.handle();
        }
      }
      if (interrupt != MSI) {
        card.unmask();
      }
    }
  }
}
