package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/** What a driver does once its binding is complete. */
class BoundTest {
  private final TestBus test = new TestBus();
  private final Uevents.Subscription events = test.uevents.subscribe();
  private final List<String> seen = new ArrayList<>();

  private final class Parent implements Driver {
    private final boolean breaks;

    Parent(boolean breaks) {
      this.breaks = breaks;
    }

    @Override
    public String name() {
      return "parent";
    }

    @Override
    public List<AttributeGroup> probe(Device device, Scope scope) {
      return List.of();
    }

    @Override
    public void bound(Device device) {
      events.drain().forEach(event -> seen.add(event.header()));
      if (breaks) {
        throw new IllegalStateException("planned");
      }
    }
  }

  @Test
  void comesAfterTheEventOfTheBinding() {
    Bus bus = test.bus("b");
    bus.registerDriver(new Parent(false), null);
    test.core.add(DeviceSpec.named("d").on(bus));
    assertThat(seen).endsWith("add@/devices/d", "bind@/devices/d");
  }

  @Test
  void mayBreakWithoutUndoingTheBinding() {
    Bus bus = test.bus("b");
    RegisteredDriver driver = bus.registerDriver(new Parent(true), null);
    Device device = test.core.add(DeviceSpec.named("d").on(bus));
    assertThat(device.driver()).isSameAs(driver);
    assertThat(test.failures).containsExactly("what follows the bind of d: planned");
  }
}
