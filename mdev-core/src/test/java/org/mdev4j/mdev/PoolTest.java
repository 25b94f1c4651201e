package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("mdev 2 DYNAMIC: a pool of resources")
class PoolTest {
  private static final MdevType ONE = MdevType.named("1", "One").costing(1, "ports");
  private static final MdevType TWO = MdevType.named("2", "Two").costing(2, "ports");

  private final ToyHost toys = new ToyHost();

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("each type shows how many of it the rest would do for")
  void sharesOneResource() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(24, "ports"), ONE, TWO);
    assertAvailable(parent, 24, 12);
    UUID one = parent.create("1");
    assertAvailable(parent, 23, 11);
    parent.create("2");
    assertAvailable(parent, 21, 10);
    parent.remove(one);
    assertAvailable(parent, 22, 11);
  }

  @Test
  @DisplayName("14: 0, 1, N and N+1 creates: ENOSPC when there is too little")
  void runsOut() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(5, "ports"), ONE, TWO);
    List<UUID> twos = new ArrayList<>();
    assertThat(parent.exhaust("2", twos).errno()).isEqualTo(Errno.ENOSPC);
    assertThat(twos).hasSize(2);
    assertAvailable(parent, 1, 0);
    UUID one = parent.create("1");
    assertErrno(Errno.ENOSPC, () -> parent.create("1"));
    assertAvailable(parent, 0, 0);
    parent.remove(one);
    twos.forEach(parent::remove);
    assertAvailable(parent, 5, 2);
  }

  @Test
  @DisplayName("refused after the device was added and before probe: events add and remove")
  void refusesAfterAdd() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(1, "ports"), ONE, TWO);
    List<String> before = toys.tree();
    UUID uuid = toys.uuid();
    assertErrno(Errno.ENOSPC, () -> parent.create("2", uuid));
    assertThat(toys.driver.probes).hasValue(0);
    String devpath = "/devices/virtual/toy/p/" + uuid;
    assertThat(toys.events()).containsExactly("add@" + devpath, "remove@" + devpath);
    assertThat(toys.tree()).isEqualTo(before);
    assertAvailable(parent, 1, 0);
  }

  @Test
  @DisplayName("charged before probe, given back if probe refuses")
  void chargesBeforeProbe() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(3, "ports"), ONE, TWO);
    toys.driver.probe =
        (mdev, scope) -> {
          assertAvailable(parent, 1, 0);
          throw new ErrnoException(Errno.ENXIO, "refused by a test");
        };
    assertErrno(Errno.ENXIO, () -> parent.create("2"));
    assertAvailable(parent, 3, 1);
  }

  @Test
  @DisplayName("11: given back by an unbind already; a bind needs it again")
  void comesBackAtUnbind() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(2, "ports"), ONE, TWO);
    UUID uuid = parent.create("2");
    assertAvailable(parent, 0, 0);
    toys.write("/sys/bus/mdev/drivers/toy/unbind", uuid.toString());
    assertAvailable(parent, 2, 1);
    UUID taker = parent.create("1");
    assertErrno(Errno.ENOSPC, () -> toys.write("/sys/bus/mdev/drivers/toy/bind", uuid.toString()));
    assertThat(toys.exists(parent.mdev(uuid) + "/driver")).isFalse();
    parent.remove(taker);
    toys.write("/sys/bus/mdev/drivers/toy/bind", uuid.toString());
    assertAvailable(parent, 0, 0);
    parent.remove(uuid);
    assertAvailable(parent, 2, 1);
  }

  @Test
  @DisplayName("removing what was unbound gives nothing back twice")
  void comesBackOnce() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(2, "ports"), ONE, TWO);
    UUID uuid = parent.create("1");
    toys.write("/sys/bus/mdev/drivers/toy/unbind", uuid.toString());
    parent.remove(uuid);
    assertAvailable(parent, 2, 1);
  }

  @Test
  @DisplayName("the charge comes back last, when what the driver acquired is gone")
  void comesBackLast() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(2, "ports"), ONE, TWO);
    List<Long> seen = new ArrayList<>();
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(() -> seen.add(parent.available("1")));
          return ToyDriver.model(mdev);
        };
    parent.remove(parent.create("2"));
    assertThat(seen).containsExactly(0L);
    assertAvailable(parent, 2, 1);
  }

  @Test
  @DisplayName("several resources: the scarcest counts, and a refusal takes none of them")
  void countsSeveral() {
    MdevType small =
        MdevType.named("s", "Small").costing(64, "low").costing(384, "high").costing(4, "fences");
    MdevType large =
        MdevType.named("l", "Large").costing(128, "low").costing(512, "high").costing(0, "fences");
    ToyParent parent =
        toys.parent(
            "p",
            new InstanceLimit.Pool(Map.of("low", 256L, "high", 1024L, "fences", 6L)),
            small,
            large);
    assertThat(parent.available("s")).isEqualTo(1);
    assertThat(parent.available("l")).isEqualTo(2);
    UUID first = parent.create("s");
    assertThat(parent.available("s")).isZero();
    assertThat(parent.available("l")).isEqualTo(1);
    assertErrno(Errno.ENOSPC, () -> parent.create("s"));
    assertThat(parent.available("l")).isEqualTo(1);
    UUID second = parent.create("l");
    assertThat(parent.available("l")).isZero();
    parent.remove(second);
    parent.remove(first);
    assertThat(parent.available("s")).isEqualTo(1);
    assertThat(parent.available("l")).isEqualTo(2);
  }

  @Test
  @DisplayName("an empty pool: shows 0, every create is ENOSPC")
  void startsEmpty() {
    ToyParent parent = toys.parent("p", InstanceLimit.pool(0, "ports"), ONE);
    assertThat(parent.available("1")).isZero();
    assertErrno(Errno.ENOSPC, () -> parent.create("1"));
  }

  static Stream<Arguments> wrong() {
    MdevType free = MdevType.named("f", "Free");
    return Stream.of(
        Arguments.of("a type that costs nothing", InstanceLimit.pool(1, "ports"), free),
        Arguments.of(
            "a type that costs 0", InstanceLimit.pool(1, "ports"), free.costing(0, "ports")),
        Arguments.of("another resource", InstanceLimit.pool(1, "ports"), ONE.costing(1, "memory")),
        Arguments.of(
            "a negative cost",
            new InstanceLimit.Pool(Map.of("ports", 1L, "memory", 1L)),
            ONE.costing(-1, "memory")),
        Arguments.of("a negative pool", InstanceLimit.pool(-1, "ports"), ONE));
  }

  @ParameterizedTest(name = "{0}: EINVAL")
  @MethodSource("wrong")
  @DisplayName("[own] a pool that can't be counted is refused at registration")
  void refusesNonsense(String what, InstanceLimit limit, MdevType type) {
    Device device = toys.device("p");
    List<String> before = toys.tree();
    assertErrno(Errno.EINVAL, () -> new ToyParent(toys, device, limit, List.of(type)).register());
    assertThat(toys.tree()).as(what).isEqualTo(before);
  }

  private static void assertAvailable(ToyParent parent, long one, long two) {
    assertThat(parent.available("1")).isEqualTo(one);
    assertThat(parent.available("2")).isEqualTo(two);
  }
}
