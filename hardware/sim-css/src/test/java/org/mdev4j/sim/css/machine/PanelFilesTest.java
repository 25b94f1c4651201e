package org.mdev4j.sim.css.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.css.CssMachines;

/** The operator's panel, as somebody uses it who has nothing but the tree. */
class PanelFilesTest {
  private static final String PANEL = "/sys/kernel/debug/css/";
  private static final String DISK = "/sys/bus/css/devices/0.0.0000/0.0.0120";

  private final CssBench bench = new CssBench(CssMachines.find(CssMachines.DEFAULT).orElseThrow());

  @AfterEach
  void close() {
    bench.close();
  }

  private String devices() throws IOException {
    return Files.readString(bench.host().path(PANEL + "plugged"));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(bench.host().path(PANEL + file), text, StandardOpenOption.WRITE);
    bench.css().settle();
  }

  private boolean exists(String path) {
    return Files.exists(bench.host().path(path));
  }

  @Test
  void pullsADeviceAndPlugsAnother() throws IOException {
    assertThat(devices()).isEqualTo("0120 0.0.0000\n0009 0.0.0001\n");
    assertThat(exists(DISK)).isTrue();
    write("unplug", "120\n");
    assertThat(devices()).isEqualTo("0009 0.0.0001\n");
    assertThat(exists(DISK)).isFalse();
    write("plug", "{\"number\": \"0007\", \"device\": \"0300\", \"kind\": \"fba\"}\n");
    assertThat(devices()).isEqualTo("0009 0.0.0001\n0300 0.0.0007\n");
    assertThat(exists("/sys/bus/css/devices/0.0.0007/0.0.0300")).isTrue();
  }

  @Test
  void takesAPathAwayAndGivesItBack() throws IOException {
    write("paths", "-20\n");
    assertThat(bench.subchannel(0).lpm()).isEqualTo(0x40);
    write("paths", "+20\n");
    assertThat(bench.subchannel(0).lpm()).isEqualTo(0xC0);
  }

  @Test
  void hasADevicePresentStatusUnasked() throws Exception {
    RecordingDriver driver = new RecordingDriver("vfio_ccw");
    bench.register(driver);
    var subchannel = bench.rebind(0, "vfio_ccw");
    subchannel.lock().lock();
    try {
      subchannel.enable(77);
    } finally {
      subchannel.lock().unlock();
    }
    write("present", "0120 80\n");
    assertThat(driver.await().scsw().deviceStatus()).isEqualTo(0x80);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unplug  | xyz      | EINVAL | the device 'xyz' is no hexadecimal number of up to 4 digits",
        "unplug  | 0300     | ENODEV | 0300",
        "plug    | {}x      | EINVAL | is no JSON",
        "plug    | {\"device\": \"0120\", \"kind\": \"fba\"} | EEXIST | 0120",
        "paths   | 20       | EINVAL | + or - and a path, such as -20; not '20'",
        "paths   | -200     | EINVAL | the path '200' is no hexadecimal number of up to 2 digits",
        "paths   | -77      | ENODEV | 77",
        "present | 0120     | EINVAL | a device and its status, such as 0120 80; not '0120'",
        "present | 0300 80  | ENODEV | 0300",
        "present | 0120 100 | EINVAL | the status '100' is no hexadecimal number of up to 2",
      })
  void saysWhatIsWrong(String file, String text, String errno, String why) {
    assertThatThrownBy(() -> write(file, text))
        .cause()
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno().name()).isEqualTo(errno))
        .hasMessageContaining(why);
  }
}
