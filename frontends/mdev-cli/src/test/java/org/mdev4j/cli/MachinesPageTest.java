package org.mdev4j.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsFile;

/** Every machine that {@code docs/machines.md} shows can be started, and has what it says. */
class MachinesPageTest {
  private static final Path PAGE = Path.of("../../docs/machines.md");
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  private static List<String> examples() throws IOException {
    Matcher examples = EXAMPLE.matcher(Files.readString(PAGE));
    return examples.results().map(example -> example.group(1)).toList();
  }

  private Host start(String example) throws IOException {
    Path file = Files.writeString(directory.resolve("mine.json"), example);
    return Host.builder().machine(new Machines().convert(file.toString())).start();
  }

  @Test
  void everyExampleStarts() throws IOException {
    assertThat(examples()).hasSize(3);
    for (String example : examples()) {
      try (Host host = start(example)) {
        assertThat(host.machine().hardware()).isNotEmpty();
      }
    }
  }

  @Test
  void theDevicesAreThere() throws IOException {
    try (Host host = start(examples().get(1));
        SysfsFile devices = host.tree().open("/sys/kernel/debug/css/plugged", OpenMode.READ)) {
      assertThat(new String(devices.read(0, 4096), US_ASCII))
          .contains("0120", "0130", "0009", "000a", "0140", "0150");
    }
  }

  @Test
  void everyBuiltInMachineIsNamed() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(Machines.names())
        .allSatisfy(name -> assertThat(page).contains("| `" + name + "` |"));
  }
}
