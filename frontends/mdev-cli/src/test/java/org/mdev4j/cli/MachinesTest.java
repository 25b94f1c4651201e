package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Machine;
import picocli.CommandLine.TypeConversionException;

class MachinesTest {
  @TempDir Path directory;

  private final Machines machines = new Machines();

  @Test
  void plainIsBuiltIn() {
    assertThat(machines.convert("plain")).isEqualTo(Machine.plain());
  }

  @Test
  void fileSaysEverything() throws IOException {
    String text =
        "{\"name\": \"z\", \"powerManagement\": false, \"hardware\": {\"css\": {\"a\": [1, 2]}}}";
    assertThat(machines.convert(file(text)))
        .isEqualTo(new Machine("z", false, Map.of("css", "{\"a\":[1,2]}")));
  }

  @Test
  void orAlmostNothing() throws IOException {
    assertThat(machines.convert(file("{}"))).isEqualTo(new Machine("my", true, Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "{\"nam\": 1}            @ there is no key 'nam', only name, powerManagement, hardware",
        "{\"name\": 1}           @ name is a text",
        "{\"powerManagement\": 1}@ powerManagement is true or false",
        "{\"hardware\": []}      @ hardware is an object",
        "[]                      @ it should hold one object",
        "``                      @ it should hold one object",
        "{                       @ line 1, column ",
        "{} x                    @ line 1, column 4: ",
        "{\"name\":\"a\",\"name\":\"b\"} @ Duplicate field 'name'",
      })
  void badFilesAreNamedWithTheReason(String text, String reason) throws IOException {
    String file = file(text);
    assertThatThrownBy(() -> machines.convert(file))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining(file + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void whatThereIsNot() {
    assertThatThrownBy(() -> machines.convert("huge"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageStartingWith(
            "there is no machine 'huge'; there are: ap-example, default, plain, s390-oracle");
    assertThatThrownBy(() -> machines.convert("no.json"))
        .hasMessage("there is no machine file no.json");
    assertThatThrownBy(() -> machines.convert(directory + "/"))
        .hasMessageContaining("can't be read");
  }

  @Test
  void modulesHaveAUsualMachine() {
    assertThat(Machines.usual(List.of())).isEqualTo(Machine.plain());
    assertThat(Machines.usual(List.of("mtty"))).isEqualTo(Machine.plain());
    assertThat(Machines.usual(List.of("mtty", "vfio_ap")))
        .isEqualTo(machines.convert("ap-example"));
  }

  @Test
  void oneFileMayHoldSubchannelsAndCards() throws IOException {
    String text =
        """
        {"hardware": {
          "css": {"subchannels": [{"number": "0000", "device": "0120", "kind": "fba"}]},
          "ap": {"cards": [{"adapter": "05"}], "domains": ["0004"]}}}
        """;
    try (Host host = Host.builder().machine(machines.convert(file(text))).start()) {
      assertThat(host.path("/sys/bus/css/devices/0.0.0000")).exists();
      assertThat(host.path("/sys/bus/ap/devices/05.0004")).exists();
    }
  }

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("my.json"), text).toString();
  }
}
