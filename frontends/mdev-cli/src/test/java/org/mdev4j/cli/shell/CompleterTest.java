package org.mdev4j.cli.shell;

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
import org.mdev4j.device.host.Host;

class CompleterTest {
  private final Host host = Host.builder().name("completer").start();

  @BeforeEach
  void load() {
    host.modules().modprobe("mtty");
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void commands() throws Exception {
    assertThat(values("")).contains("ls", "modprobe", "exit");
    assertThat(values("help l")).contains("ls", "rmmod");
    assertThat(candidates("l").getFirst().descr()).isEqualTo("list directories");
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
    assertThat(values("uevents > /s")).contains("/sys/");
  }

  @Test
  void modules() throws Exception {
    assertThat(values("modprobe ")).contains("mtty", "mdpy", "vfio");
    assertThat(values("rmmod m")).contains("mtty", "vfio").doesNotContain("mdpy");
  }

  @Test
  void whatTakesNothingGetsNothing() throws Exception {
    assertThat(values("uevents ")).isEmpty();
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
      Interactive.completer(host).complete(reader, parsed, candidates);
    }
    return candidates;
  }
}
