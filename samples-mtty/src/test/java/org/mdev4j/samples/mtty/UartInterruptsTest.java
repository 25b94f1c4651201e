package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mtty.UartBits.*;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UartInterruptsTest {
  /** The sources, most urgent first. */
  private enum Source {
    LINE_STATUS(0xc6, IER_RLSI) {
      @Override
      void raise(UartBench port) {
        port.uart.receiveBreak();
      }

      @Override
      void settle(UartBench port) {
        port.in(LSR);
      }
    },
    DATA(0xc4, IER_RDI) {
      @Override
      void raise(UartBench port) {
        port.receive(1);
      }

      @Override
      void settle(UartBench port) {
        port.drainQuietly();
      }
    },
    TRANSMITTER(0xc2, IER_THRI) {
      @Override
      void raise(UartBench port) {
        port.out(THR, 'x');
      }

      @Override
      void settle(UartBench port) {
        port.in(IIR);
      }
    },
    MODEM(0xc0, IER_MSI) {
      @Override
      void raise(UartBench port) {
        port.uart.modemInputs(MSR_CTS);
      }

      @Override
      void settle(UartBench port) {
        port.in(MSR);
      }
    };

    final int code;
    final int enable;

    Source(int code, int enable) {
      this.code = code;
      this.enable = enable;
    }

    abstract void raise(UartBench port);

    abstract void settle(UartBench port);
  }

  private final UartBench port = new UartBench();

  static Stream<Arguments> pairs() {
    List<Source> all = List.of(Source.values());
    return IntStream.range(0, all.size())
        .boxed()
        .flatMap(
            i ->
                all.subList(i + 1, all.size()).stream()
                    .map(less -> Arguments.of(all.get(i), less)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void theMoreUrgentIsToldFirst(Source more, Source less) {
    port.fifos(0);
    more.raise(port);
    less.raise(port);
    port.out(IER, more.enable | less.enable);

    assertThat(port.in(IIR)).isEqualTo(more.code);
    if (more != Source.TRANSMITTER) {
      assertThat(port.in(IIR)).as("still").isEqualTo(more.code);
      more.settle(port);
    }
    assertThat(port.in(IIR)).isEqualTo(less.code);
    if (less != Source.TRANSMITTER) {
      less.settle(port);
    }
    assertThat(port.in(IIR)).isEqualTo(0xc1);
    assertThat(port.uart.interrupt()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatIsNotEnabledIsNotTold(Source more, Source less) {
    port.fifos(0);
    more.raise(port);
    less.raise(port);
    port.out(IER, less.enable);

    assertThat(port.in(IIR)).isEqualTo(less.code);
  }

  @Test
  void enablingTheTransmittersAsksEachTimeAnew() {
    for (int i = 0; i < 3; i++) {
      port.out(IER, IER_THRI);
      assertThat(port.in(IIR)).isEqualTo(0x02);
      assertThat(port.in(IIR)).isEqualTo(0x01);
      port.out(IER, IER_THRI);
      assertThat(port.in(IIR)).as("it was enabled already").isEqualTo(0x01);
      port.out(IER, 0);
    }
    assertThat(port.edges).isEqualTo(3);
  }

  @Test
  void theTransmittersStaysWhileSomethingElseIsTold() {
    port.out(IER, IER_THRI | IER_RDI);
    port.receive(1);

    assertThat(port.in(IIR)).isEqualTo(0x04);
    port.in(RBR);
    assertThat(port.in(IIR)).isEqualTo(0x02);
    assertThat(port.in(IIR)).isEqualTo(0x01);
  }

  @Test
  void eachByteSentAsksAnewAndShowsAnEdge() {
    port.out(IER, IER_THRI);
    port.out(THR, 'a');
    assertThat(port.edges).as("though IIR was not read").isEqualTo(2);
    assertThat(port.in(IIR)).isEqualTo(0x02);
    port.out(THR, 'b');
    assertThat(port.in(IIR)).isEqualTo(0x02);
    assertThat(port.edges).isEqualTo(3);
  }

  @Test
  void overrunInterruptsOnlyIfEnabled() {
    port.fifos(3);
    port.receiveCount(17);
    assertThat(port.uart.interrupt()).isFalse();
    port.out(IER, IER_RLSI);
    assertThat(port.in(IIR)).isEqualTo(0xc6);
    assertThat(port.in(LSR) & LSR_OVERRUN).isNotZero();
    assertThat(port.uart.interrupt()).isFalse();
  }

  @Test
  void breakInterruptsWhenItIsTheOldest() {
    port.fifos(0);
    port.out(IER, IER_RLSI);
    port.receive(1);
    port.uart.receiveBreak();
    assertThat(port.uart.interrupt()).isFalse();
    port.in(RBR);
    assertThat(port.in(IIR)).isEqualTo(0xc6);
  }

  @Test
  void levelChangesTellAtOnce() {
    port.fifos(3);
    port.out(IER, IER_RDI);
    port.receiveCount(4);
    assertThat(port.uart.interrupt()).isFalse();
    port.fifos(1);
    assertThat(port.in(IIR)).isEqualTo(0xc4);
  }
}
