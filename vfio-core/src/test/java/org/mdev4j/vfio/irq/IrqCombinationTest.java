package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("vfio 4.6: what every kind of index says to every data type, action and count")
class IrqCombinationTest {
  private static final Map<String, Integer> INDEXES =
      Map.of(
          "INTX", Irqs.INTX,
          "MSI", Irqs.MSI,
          "MSIX", Irqs.MSIX,
          "NOTIFY", Irqs.NOTIFY,
          "NONE", Irqs.NONE,
          "REFUSED", Irqs.REFUSED);
  private static final Map<String, Integer> DATA =
      Map.of("none", IrqSet.DATA_NONE, "bool", IrqSet.DATA_BOOL, "eventfd", IrqSet.DATA_EVENTFD);
  private static final Map<String, Integer> ACTIONS =
      Map.of(
          "mask", IrqSet.ACTION_MASK,
          "unmask", IrqSet.ACTION_UNMASK,
          "trigger", IrqSet.ACTION_TRIGGER);

  @ParameterizedTest(name = "{0}: {1}, {2}")
  @DisplayName("counts 0 to 4 from start 0, first as new, then with all eventfds bound")
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
INTX    | none    | trigger | ok EINVAL EINVAL EINVAL EINVAL     | ok ok EINVAL EINVAL EINVAL
INTX    | none    | mask    | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok EINVAL EINVAL EINVAL
INTX    | none    | unmask  | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok EINVAL EINVAL EINVAL
INTX    | bool    | trigger | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok EINVAL EINVAL EINVAL
INTX    | bool    | mask    | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok EINVAL EINVAL EINVAL
INTX    | bool    | unmask  | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok EINVAL EINVAL EINVAL
INTX    | eventfd | trigger | EINVAL ok EINVAL EINVAL EINVAL     | EINVAL ok EINVAL EINVAL EINVAL
INTX    | eventfd | mask    | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
INTX    | eventfd | unmask  | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok EINVAL EINVAL EINVAL
MSI     | none    | trigger | ok EINVAL EINVAL EINVAL EINVAL     | ok ok ok ok EINVAL
MSI     | none    | mask    | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSI     | none    | unmask  | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSI     | bool    | trigger | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok ok ok EINVAL
MSI     | bool    | mask    | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSI     | bool    | unmask  | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSI     | eventfd | trigger | EINVAL ok ok ok EINVAL             | EINVAL ok ok ok EINVAL
MSI     | eventfd | mask    | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSI     | eventfd | unmask  | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSIX    | none    | trigger | ok EINVAL EINVAL EINVAL EINVAL     | ok ok ok ok EINVAL
MSIX    | none    | mask    | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSIX    | none    | unmask  | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSIX    | bool    | trigger | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL ok ok ok EINVAL
MSIX    | bool    | mask    | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSIX    | bool    | unmask  | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSIX    | eventfd | trigger | EINVAL ok ok ok EINVAL             | EINVAL ok ok ok EINVAL
MSIX    | eventfd | mask    | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
MSIX    | eventfd | unmask  | EINVAL ENOTTY ENOTTY ENOTTY EINVAL | EINVAL ENOTTY ENOTTY ENOTTY EINVAL
NOTIFY  | none    | trigger | ok EINVAL EINVAL EINVAL EINVAL     | ok ok EINVAL EINVAL EINVAL
NOTIFY  | none    | mask    | EINVAL ENOTTY EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
NOTIFY  | none    | unmask  | EINVAL ENOTTY EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
NOTIFY  | bool    | trigger | EINVAL ok EINVAL EINVAL EINVAL     | EINVAL ok EINVAL EINVAL EINVAL
NOTIFY  | bool    | mask    | EINVAL ENOTTY EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
NOTIFY  | bool    | unmask  | EINVAL ENOTTY EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
NOTIFY  | eventfd | trigger | EINVAL ok EINVAL EINVAL EINVAL     | EINVAL ok EINVAL EINVAL EINVAL
NOTIFY  | eventfd | mask    | EINVAL ENOTTY EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
NOTIFY  | eventfd | unmask  | EINVAL ENOTTY EINVAL EINVAL EINVAL | EINVAL ENOTTY EINVAL EINVAL EINVAL
NONE    | none    | trigger | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL EINVAL EINVAL EINVAL EINVAL
NONE    | none    | mask    | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL EINVAL EINVAL EINVAL EINVAL
NONE    | bool    | trigger | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL EINVAL EINVAL EINVAL EINVAL
NONE    | eventfd | trigger | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL EINVAL EINVAL EINVAL EINVAL
NONE    | eventfd | unmask  | EINVAL EINVAL EINVAL EINVAL EINVAL | EINVAL EINVAL EINVAL EINVAL EINVAL
REFUSED | none    | trigger | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY
REFUSED | none    | mask    | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY
REFUSED | bool    | trigger | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY
REFUSED | eventfd | trigger | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY
REFUSED | eventfd | unmask  | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY | ENOTTY ENOTTY ENOTTY ENOTTY ENOTTY
""")
  void answers(String kind, String data, String action, String fresh, String bound) {
    List<String> whenFresh = new ArrayList<>();
    List<String> whenBound = new ArrayList<>();
    for (int count = 0; count <= 4; count++) {
      IrqSet request = request(INDEXES.get(kind), DATA.get(data), ACTIONS.get(action), count);
      whenFresh.add(Irqs.outcome(Irqs.ofEachKind(), request));
      whenBound.add(Irqs.outcome(bound(INDEXES.get(kind)), request));
    }
    assertThat(String.join(" ", whenFresh)).isEqualTo(fresh);
    assertThat(String.join(" ", whenBound)).isEqualTo(bound);
  }

  private static Interrupts bound(int index) {
    Interrupts interrupts = Irqs.ofEachKind();
    switch (index) {
      case Irqs.INTX, Irqs.NOTIFY -> interrupts.set(Irqs.bind(index, 0, new EventCounter()));
      case Irqs.MSI, Irqs.MSIX ->
          interrupts.set(
              Irqs.bind(index, 0, new EventCounter(), new EventCounter(), new EventCounter()));
      default -> {}
    }
    return interrupts;
  }

  private static IrqSet request(int index, int data, int action, int count) {
    return switch (data) {
      case IrqSet.DATA_NONE -> Irqs.none(action, index, 0, count);
      case IrqSet.DATA_BOOL -> Irqs.bools(action, index, 0, new int[count]);
      default ->
          Irqs.eventfds(action, index, 0, Collections.nCopies(count, () -> new EventCounter()));
    };
  }
}
