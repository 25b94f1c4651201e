package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.samples.mtty.CardRegionsTest.refuses;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.Host;

class PortPoolTest {
  private final Machine machine = new Machine(Backend.LOOPBACK);

  @AfterEach
  void close() {
    machine.close();
  }

  private void available(int single, int dual) {
    assertThat(machine.available("mtty-1")).isEqualTo(single);
    assertThat(machine.available("mtty-2")).isEqualTo(dual);
  }

  private void full(String type) {
    assertThatThrownBy(() -> machine.create(type)).hasMessageContaining("ENOSPC");
  }

  @Test
  void singlePortsUntilItIsEmpty() {
    List<String> cards = new ArrayList<>();
    available(24, 12);
    for (int i = 0; i < 23; i++) {
      cards.add(machine.create("mtty-1"));
    }
    available(1, 0);
    full("mtty-2");
    available(1, 0);
    cards.add(machine.create("mtty-1"));
    available(0, 0);
    full("mtty-1");
    cards.forEach(machine::remove);
    available(24, 12);
  }

  @Test
  void dualPortsAndMixed() {
    String first = machine.create("mtty-2");
    available(22, 11);
    for (int i = 0; i < 11; i++) {
      machine.create("mtty-2");
    }
    available(0, 0);
    full("mtty-1");
    machine.remove(first);
    available(2, 1);
    machine.create("mtty-1");
    available(1, 0);
    full("mtty-2");
  }

  @Test
  void anOpenCardKeepsItsPorts() throws InterruptedException {
    String uuid = machine.create("mtty-2");
    OpenCard card = machine.open(uuid);
    Thread remover = Thread.ofVirtual().start(() -> machine.remove(uuid));
    machine.clock.awaitTimers(1);
    available(22, 11);
    card.close();
    remover.join();
    available(24, 12);
  }

  @Test
  void anUnknownBackendIsRefused() {
    try (Host host = Host.start()) {
      refuses(Errno.EINVAL, () -> host.modules().modprobe("mtty", Map.of("backend", "modem")));
      host.modules().modprobe("mtty");
      assertThat(host.tree().resolve("/sys/module/mtty").toString()).isNotNull();
      assertThat(java.nio.file.Files.exists(host.path("/sys/module/mtty/parameters/backend")))
          .isFalse();
    }
  }
}
