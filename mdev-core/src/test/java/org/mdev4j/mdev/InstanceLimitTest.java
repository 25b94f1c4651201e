package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;

@DisplayName("mdev 2, series 7: counted instance limits")
class InstanceLimitTest {
  private static final MdevType ONE = MdevType.named("1", "One");
  private static final MdevType TWO = MdevType.named("2", "Two");

  private final ToyHost toys = new ToyHost();

  @AfterEach
  void close() {
    toys.close();
  }

  @Nested
  @DisplayName("so many of each type, as the series has it")
  class PerType {
    @Test
    @DisplayName("14: 0, 1, N and N+1 creates; a remove makes room for one more")
    void counts() {
      ToyParent parent = toys.parent("p", InstanceLimit.perType(3), ONE, TWO);
      List<UUID> created = new ArrayList<>();
      assertThat(parent.available("1")).isEqualTo(3);
      created.add(parent.create("1"));
      assertThat(parent.available("1")).isEqualTo(2);
      assertThat(parent.exhaust("1", created).errno()).isEqualTo(Errno.EUSERS);
      assertThat(created).hasSize(3);
      assertThat(parent.available("1")).isZero();
      parent.remove(created.getFirst());
      assertThat(parent.available("1")).isEqualTo(1);
      parent.create("1");
      assertErrno(Errno.EUSERS, () -> parent.create("1"));
    }

    @Test
    @DisplayName("two types of one parent are independent")
    void countsTypesApart() {
      ToyParent parent = toys.parent("p", InstanceLimit.perType(2), ONE, TWO);
      parent.exhaust("1", new ArrayList<>());
      assertThat(parent.available("2")).isEqualTo(2);
      List<UUID> second = new ArrayList<>();
      parent.exhaust("2", second);
      assertThat(second).hasSize(2);
    }

    @Test
    @DisplayName(
        "asked once for each type, while the types are being added: none is to be seen yet")
    void asksOnce() {
      Device device = toys.device("p");
      List<String> asked = new ArrayList<>();
      InstanceLimit limit =
          new InstanceLimit.PerType(
              type -> {
                asked.add(type.name());
                assertThat(device.directory().child("mdev_supported_types")).isNull();
                return type.name().equals("1") ? 5 : 7;
              });
      ToyParent parent = new ToyParent(toys, device, limit, List.of(ONE, TWO)).register();
      assertThat(parent.available("1")).isEqualTo(5);
      assertThat(parent.available("2")).isEqualTo(7);
      parent.create("1");
      assertThat(parent.available("1")).isEqualTo(4);
      assertThat(asked).containsExactly("1", "2");
    }
  }

  @Nested
  @DisplayName("so many of all types together, as Linux 6.1 has it")
  class PerParent {
    @Test
    @DisplayName("14: one counter: the same number in every type's directory, EUSERS in all")
    void sharesOneCounter() {
      ToyParent parent = toys.parent("p", InstanceLimit.perParent(3), ONE, TWO);
      List<UUID> created = new ArrayList<>();
      created.add(parent.create("1"));
      assertThat(parent.available("1")).isEqualTo(2);
      assertThat(parent.available("2")).isEqualTo(2);
      assertThat(parent.exhaust("2", created).errno()).isEqualTo(Errno.EUSERS);
      assertThat(created).hasSize(3);
      assertThat(parent.available("1")).isZero();
      assertErrno(Errno.EUSERS, () -> parent.create("1"));
      parent.remove(created.getLast());
      assertThat(parent.available("1")).isEqualTo(1);
      assertThat(parent.available("2")).isEqualTo(1);
    }

    @Test
    @DisplayName("two parents have a counter each")
    void countsParentsApart() {
      ToyParent first = toys.parent("p", InstanceLimit.perParent(1), ONE);
      ToyParent second = toys.parent("q", InstanceLimit.perParent(1), ONE);
      first.create("1");
      assertThat(second.available("1")).isEqualTo(1);
      second.create("1");
    }
  }

  @Test
  @DisplayName("none at all: shows 0, and every create is EUSERS without an event")
  void allowsNone() {
    for (InstanceLimit none : List.of(InstanceLimit.perType(0), InstanceLimit.perParent(0))) {
      ToyParent parent = toys.parent("none" + none.getClass().getSimpleName(), none, ONE);
      assertThat(parent.available("1")).isZero();
      assertErrno(Errno.EUSERS, () -> parent.create("1"));
      assertThat(toys.events()).isEmpty();
    }
    assertThat(toys.driver.probes).hasValue(0);
  }

  @Test
  @DisplayName("none left: nothing was done, not even an event")
  void refusesEarly() {
    ToyParent parent = toys.parent("p", InstanceLimit.perParent(1), ONE);
    parent.create("1");
    List<String> before = toys.tree();
    toys.events();
    assertErrno(Errno.EUSERS, () -> parent.create("1"));
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(toys.events()).isEmpty();
    assertThat(toys.driver.probes).hasValue(1);
  }

  @Test
  @DisplayName("shown as a decimal number and a newline, however large")
  void showsDecimal() {
    ToyParent parent = toys.parent("p", InstanceLimit.perType(65_536), ONE);
    assertThat(toys.read(parent.type("1") + "/available_instances")).isEqualTo("65536\n");
    ToyParent large = toys.parent("q", InstanceLimit.perParent(Long.MAX_VALUE), ONE);
    assertThat(toys.read(large.type("1") + "/available_instances"))
        .isEqualTo("9223372036854775807\n");
  }

  @Test
  @DisplayName("a negative limit: EINVAL, and the device is no parent")
  void refusesNegativeLimits() {
    Device device = toys.device("p");
    List<String> before = toys.tree();
    for (InstanceLimit wrong : List.of(InstanceLimit.perType(-1), InstanceLimit.perParent(-1))) {
      assertErrno(Errno.EINVAL, () -> new ToyParent(toys, device, wrong, List.of(ONE)).register());
    }
    assertThat(toys.tree()).isEqualTo(before);
  }
}
