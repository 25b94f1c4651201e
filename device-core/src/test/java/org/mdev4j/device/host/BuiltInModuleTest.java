package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** What is part of the machine: there from the start, and no module that anybody can see. */
class BuiltInModuleTest {
  private final List<String> events = new CopyOnWriteArrayList<>();

  private final class BuiltIn implements DriverModule {
    @Override
    public String name() {
      return "hardware";
    }

    @Override
    public boolean builtIn() {
      return true;
    }

    @Override
    public void load(ModuleContext context) {
      events.add("on");
      context.scope().onClose(() -> events.add("off"));
      if (context.machine().hardware().containsKey("broken")) {
        throw new ErrnoException(Errno.EINVAL, "broken hardware");
      }
      context.provide(Integer.class, 7);
    }
  }

  private final class User implements DriverModule {
    @Override
    public String name() {
      return "user";
    }

    @Override
    public Set<String> requires() {
      return Set.of("hardware");
    }

    @Override
    public void load(ModuleContext context) {
      events.add("uses " + context.service(Integer.class));
      context.scope().onClose(() -> events.add("used"));
    }
  }

  private Host.Builder host() {
    return Host.builder().withoutDiscovery().module(new BuiltIn()).module(new User());
  }

  @Test
  void lastsAsLongAsTheHost() {
    try (Host host = host().start()) {
      assertThat(events).containsExactly("on");
      assertThat(host.modules().loaded()).isEmpty();
      assertThat(Files.exists(host.path("/sys/module/hardware"))).isFalse();
      assertThat(host.service(Integer.class)).isEqualTo(7);
      host.modules().modprobe("hardware");
      host.modules().modprobe("user");
      assertThatThrownBy(() -> host.modules().insmod("hardware", Map.of()))
          .isInstanceOfSatisfying(
              ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
      assertThatThrownBy(() -> host.modules().rmmod("hardware"))
          .isInstanceOfSatisfying(
              ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }
    assertThat(events).containsExactly("on", "uses 7", "used", "off");
  }

  @Test
  void keepsTheHostFromStartingWhenItRefusesTheMachine() {
    Machine machine = new Machine("bad", true, Map.of("broken", "{}"));
    assertThatThrownBy(() -> host().machine(machine).start())
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
        .hasMessage("broken hardware");
    assertThat(events).containsExactly("on", "off");
  }
}
