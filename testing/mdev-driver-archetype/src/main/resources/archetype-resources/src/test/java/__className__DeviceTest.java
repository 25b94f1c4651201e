package ${package};

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.HostExtension;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.vfio.irq.EventCounter;

class ${className}DeviceTest {
  @RegisterExtension static final HostExtension HOSTS = HostExtension.of(new ${className}Module());

  @Test
  void countsAndInterrupts(TestHost host) {
    try (DeviceUser user = host.openNew("${driver}-counter")) {
      EventCounter signals = user.trigger(0);
      user.write32(0, 1);
      user.write32(0, 1);
      assertThat(user.read32(0)).isEqualTo(2);
      assertThat(signals.take()).isEqualTo(2);
    }
  }

  @Test
  void beginsAtZeroForEachUser(TestHost host) {
    String uuid = host.create("${driver}-counter");
    try (DeviceUser user = host.open(uuid)) {
      user.write32(0, 1);
    }
    try (DeviceUser user = host.open(uuid)) {
      assertThat(user.read32(0)).isZero();
    }
  }
}
