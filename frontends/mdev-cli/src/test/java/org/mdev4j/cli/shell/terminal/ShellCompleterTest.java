package org.mdev4j.cli.shell.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.builtin.Builtins;
import org.mdev4j.device.host.Host;

class ShellCompleterTest {
  private final Host host = Host.builder().name("completer").start();
  private final Session session = new Session(host, Builtins.all());

  @BeforeEach
  void load() {
    host.modules().modprobe("mtty");
  }

  @AfterEach
  void close() {
    session.close();
    host.close();
  }

  @Test
  void commands() throws Exception {
    assertThat(values("")).contains("ls", "modprobe", "exit");
    assertThat(values("pwd; l")).contains("ls", "lsmod");
    assertThat(values("pwd & l")).contains("ls", "lsmod");
    assertThat(values("help l")).contains("ls", "lsmod");
  }

  @Test
  void pathsFollowLinks() throws Exception {
    assertThat(values("cat /")).containsExactlyInAnyOrder("/dev/", "/sys/");
    assertThat(values("cat ")).contains("bus/", "class/");
    assertThat(values("cat class/mdev_bus/mtty/mdev_")).contains("class/mdev_bus/mtty/uevent");
    assertThat(values("cat ../d")).contains("../dev/");
    assertThat(values("cat /nope/x")).isEmpty();
  }

  @Test
  void onlyFilesAreComplete() throws Exception {
    assertThat(candidates("cat /sys/class/mdev_bus/mtty/"))
        .allSatisfy(each -> assertThat(each.complete()).isEqualTo(!each.value().endsWith("/")));
  }

  @Test
  void filesToWriteTo() throws Exception {
    assertThat(values("echo 1 > /s")).contains("/sys/");
    assertThat(values("echo 1 >/s")).contains(">/sys/");
    assertThat(values("echo 1 >>bus/m")).contains(">>bus/mdev/");
    assertThat(values("lsmod > /s")).contains("/sys/");
  }

  @Test
  void modulesAndTheirParameters() throws Exception {
    assertThat(values("modprobe ")).contains("mtty", "mdpy", "vfio");
    assertThat(values("insmod mdpy ")).contains("count=");
    assertThat(values("modprobe nope ")).isEmpty();
    assertThat(values("rmmod m")).contains("mtty", "vfio").doesNotContain("mdpy");
  }

  @Test
  void devices() throws Exception {
    String uuid = "c0ffee00-0001-4000-8000-000000000001";
    java.nio.file.Files.writeString(
        host.path("/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create"),
        uuid,
        java.nio.file.StandardOpenOption.WRITE);
    assertThat(values("open ")).containsExactly(uuid);
    assertThat(values("close ")).isEmpty();
    session.hold("a device", () -> {});
    assertThat(values("close ")).containsExactly("a device");
  }

  @Test
  void whatTakesNothingGetsNothing() throws Exception {
    assertThat(values("lsmod ")).isEmpty();
    assertThat(values("nonsense ")).isEmpty();
  }

  private List<String> values(String line) throws Exception {
    return candidates(line).stream().map(Candidate::value).toList();
  }

  private List<Candidate> candidates(String line) throws Exception {
    ParsedLine parsed =
        new DefaultParser().parse(line, line.length(), Parser.ParseContext.COMPLETE);
    List<Candidate> candidates = new ArrayList<>();
    try (DumbTerminal terminal =
        new DumbTerminal(
            java.io.InputStream.nullInputStream(), java.io.OutputStream.nullOutputStream())) {
      LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
      new ShellCompleter(session).complete(reader, parsed, candidates);
    }
    return candidates;
  }
}
