package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

class ShutdownTest {
  private final TestBus host = new TestBus();
  private final DriverCore core = host.core;
  private final List<String> log = new ArrayList<>();

  private Device add(String name, Bus bus) {
    return core.add(DeviceSpec.named(name).on(bus));
  }

  @Test
  void theNewestDeviceIsShutDownFirstWhateverItsBus() {
    Bus css = host.bus("css");
    Bus mdev = host.bus("mdev");
    css.registerDriver(new Stopping("vfio_ccw"), null);
    mdev.registerDriver(new Stopping("mtty"), null);
    add("0.0.0313", css);
    add("a-device", mdev);
    add("0.0.0314", css);

    core.shutdown();

    assertThat(log).containsExactly("vfio_ccw 0.0.0314", "mtty a-device", "vfio_ccw 0.0.0313");
  }

  @Test
  void devicesStayBoundAndThoseThatAreGoneOrWithoutDriverAreLeftOut() {
    Bus css = host.bus("css");
    Bus empty = host.bus("empty");
    css.registerDriver(new Stopping("vfio_ccw"), null);
    Device stays = add("stays", css);
    core.remove(add("goes", css));
    add("undriven", empty);

    core.shutdown();

    assertThat(log).containsExactly("vfio_ccw stays");
    assertThat(stays.driver()).isNotNull();
  }

  @Test
  void aDriverThatFailsDoesNotKeepTheOthersFromIt() {
    Bus css = host.bus("css");
    css.registerDriver(new Stopping("vfio_ccw"), null);
    add("first", css);
    add("broken", css);
    add("last", css);

    core.shutdown();

    assertThat(log).containsExactly("vfio_ccw last", "vfio_ccw first");
    assertThat(host.failures).containsExactly("shutdown of broken: the planted failure");
  }

  private final class Stopping implements Driver {
    private final String name;

    Stopping(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<AttributeGroup> probe(Device device, Scope scope) {
      return List.of();
    }

    @Override
    public void shutdown(Device device) {
      if (device.name().equals("broken")) {
        throw new IllegalStateException("the planted failure");
      }
      log.add(name + " " + device.name());
    }
  }
}
