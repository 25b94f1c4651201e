package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vfio 4.5: the checks that every SET_IRQS request passes")
class IrqSetRulesTest {
  private static final int BIND = IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER;

  private final Interrupts interrupts = Irqs.ofEachKind();
  private final AtomicInteger opened = new AtomicInteger();

  @ParameterizedTest(name = "argsz {0}, index {1}, start {2}, count {3}: {4}")
  @DisplayName("1, 2, 4: argsz, index, start and count, unsigned, at their limits")
  @CsvSource({
    "24, 1, 0, 1, ok",
    "-1, 1, 0, 1, ok",
    "32, 1, 0, 3, ok",
    "24, 1, 2, 1, ok",
    "0, 1, 0, 1, EINVAL",
    "19, 1, 0, 1, EINVAL",
    "20, 1, 0, 1, EINVAL",
    "23, 1, 0, 1, EINVAL",
    "31, 1, 0, 3, EINVAL",
    "24, 6, 0, 1, EINVAL",
    "24, -1, 0, 1, EINVAL",
    "24, 1, 3, 1, EINVAL",
    "24, 1, -1, 1, EINVAL",
    "28, 1, 2, 2, EINVAL",
    "-1, 1, 0, 4, EINVAL",
    "-1, 1, 0, -1, EINVAL",
    "-1, 1, 2, -3, EINVAL",
    "-1, 1, 1, -1, EINVAL",
    "-1, 1, -1, -1, EINVAL",
    "24, 0, 1, 1, EINVAL",
  })
  void checksNumbers(int argsz, int index, int start, int count, String expected) {
    assertThat(set(argsz, BIND, index, start, count)).isEqualTo(expected);
    assertThat(opened.get() > 0).isEqualTo(expected.equals("ok"));
  }

  @ParameterizedTest(name = "0x{0}")
  @DisplayName("1: any bit outside the six is refused")
  @ValueSource(strings = {"40", "80", "100", "10000", "40000000", "80000000"})
  void refusesUnknownFlags(String bit) {
    assertThat(set(24, BIND | Integer.parseUnsignedInt(bit, 16), Irqs.MSI, 0, 1))
        .isEqualTo("EINVAL");
  }

  @Test
  @DisplayName("1: header faults are EINVAL also for an index that is refused with ENOTTY")
  void headerComesFirst() {
    assertThat(set(19, BIND, Irqs.REFUSED, 0, 1)).isEqualTo("EINVAL");
    assertThat(set(24, BIND | 0x40, Irqs.REFUSED, 0, 1)).isEqualTo("EINVAL");
    assertThat(set(24, BIND, Irqs.REFUSED, 2, -3)).isEqualTo("EINVAL");
    assertThat(set(24, BIND, Irqs.REFUSED, 0, 1)).isEqualTo("ENOTTY");
  }

  @Test
  @DisplayName("3: of the 64 combinations of flags only those with one data type and one action")
  void wantsOneDataTypeAndOneAction() {
    List<Integer> accepted = new ArrayList<>();
    for (int flags = 0; flags < 64; flags++) {
      Interrupts bound = Irqs.ofEachKind();
      bound.set(Irqs.bind(Irqs.INTX, 0, new EventCounter()));
      if (!Irqs.outcome(bound, request(24, flags, Irqs.INTX, 0, 1)).equals("EINVAL")) {
        accepted.add(flags);
      }
    }
    assertThat(accepted).containsExactly(9, 10, 12, 17, 18, 20, 33, 34, 36);
  }

  @Test
  @DisplayName("4: DATA_BOOL takes a byte each, DATA_NONE nothing")
  void sizesData() {
    interrupts.set(
        Irqs.bind(Irqs.MSI, 0, new EventCounter(), new EventCounter(), new EventCounter()));
    int bool = IrqSet.DATA_BOOL | IrqSet.ACTION_TRIGGER;
    int none = IrqSet.DATA_NONE | IrqSet.ACTION_TRIGGER;
    assertThat(set(22, bool, Irqs.MSI, 0, 3)).isEqualTo("EINVAL");
    assertThat(set(23, bool, Irqs.MSI, 0, 3)).isEqualTo("ok");
    assertThat(set(20, none, Irqs.MSI, 0, 3)).isEqualTo("ok");
  }

  private String set(int argsz, int flags, int index, int start, int count) {
    return Irqs.outcome(interrupts, request(argsz, flags, index, start, count));
  }

  private IrqSet request(int argsz, int flags, int index, int start, int count) {
    int sane = Math.clamp(count, 0, 8);
    TriggerFd descriptor =
        () -> {
          opened.incrementAndGet();
          return new EventCounter();
        };
    return new IrqSet(
        argsz, flags, index, start, count, new byte[sane], Collections.nCopies(sane, descriptor));
  }

  @Test
  @DisplayName("4: data with fewer elements than the count is EINVAL, and nothing is opened")
  void refusesShortData() {
    TriggerFd descriptor =
        () -> {
          opened.incrementAndGet();
          return new EventCounter();
        };
    for (int index : new int[] {Irqs.INTX, Irqs.MSI, Irqs.MSIX, Irqs.NOTIFY}) {
      assertThat(outcome(BIND, index, 1, new byte[0], List.of())).isEqualTo("EINVAL");
    }
    assertThat(outcome(BIND, Irqs.MSI, 2, new byte[0], List.of(descriptor))).isEqualTo("EINVAL");
    assertThat(opened).hasValue(0);
    assertThat(outcome(BIND, Irqs.MSI, 1, new byte[0], List.of(descriptor))).isEqualTo("ok");
    int bools = IrqSet.DATA_BOOL | IrqSet.ACTION_TRIGGER;
    assertThat(outcome(bools, Irqs.MSI, 1, new byte[0], List.of())).isEqualTo("EINVAL");
    assertThat(outcome(bools, Irqs.MSI, 1, new byte[1], List.of())).isEqualTo("ok");
  }

  private String outcome(
      int flags, int index, int count, byte[] bools, List<@Nullable TriggerFd> triggers) {
    return Irqs.outcome(interrupts, new IrqSet(-1, flags, index, 0, count, bools, triggers));
  }
}
