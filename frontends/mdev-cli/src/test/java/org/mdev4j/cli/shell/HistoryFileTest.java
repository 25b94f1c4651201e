package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
  @TempDir Path home;

  @Test
  void isInTheDirectoryForState() {
    Path state = home.resolve("state");
    assertThat(Interactive.historyFile(Map.of("XDG_STATE_HOME", state.toString()), home.toString()))
        .contains(state.resolve("mdev4j/shell-history"));
    assertThat(state.resolve("mdev4j")).isDirectory();
  }

  @Test
  void orWhereThatIsWithoutSayingSo() {
    Path expected = home.resolve(".local/state/mdev4j/shell-history");
    assertThat(Interactive.historyFile(Map.of(), home.toString())).contains(expected);
    assertThat(Interactive.historyFile(Map.of("XDG_STATE_HOME", "relative"), home.toString()))
        .contains(expected);
  }

  @Test
  void isNowhereIfItCannotBeWritten() throws IOException {
    Path file = Files.createFile(home.resolve("file"));
    assertThat(Interactive.historyFile(Map.of("XDG_STATE_HOME", file.toString()), "/")).isEmpty();
    Files.createDirectories(home.resolve(".local/state/mdev4j/shell-history"));
    assertThat(Interactive.historyFile(Map.of(), home.toString())).isEmpty();
    assertThat(Interactive.historyFile(Map.of(), "relative")).isEmpty();
  }
}
