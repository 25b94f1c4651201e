package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("vfio 4.4: what is told of an interrupt index")
class IrqInfoTest {
  private final Interrupts interrupts = Irqs.ofEachKind();

  @Test
  @DisplayName("count and flags by kind: EVENTFD 1, MASKABLE 2, AUTOMASKED 4, NORESIZE 8")
  void tells() {
    assertThat(interrupts.count()).isEqualTo(6);
    assertThat(told(Irqs.INTX)).isEqualTo("1 7");
    assertThat(told(Irqs.MSI)).isEqualTo("3 9");
    assertThat(told(Irqs.MSIX)).isEqualTo("3 9");
    assertThat(told(Irqs.NOTIFY)).isEqualTo("1 1");
    assertThat(told(Irqs.NONE)).isEqualTo("0 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {Irqs.REFUSED, 6, -1, Integer.MIN_VALUE})
  @DisplayName("an index that there is not is EINVAL")
  void refuses(int index) {
    assertThatThrownBy(() -> interrupts.info(index))
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(Errno.EINVAL));
  }

  private String told(int index) {
    IrqIndex info = interrupts.info(index);
    return info.count() + " " + info.flags();
  }
}
