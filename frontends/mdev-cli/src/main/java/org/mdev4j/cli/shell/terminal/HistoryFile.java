package org.mdev4j.cli.shell.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the lines of earlier sessions are kept: in the user's directory for state, as the XDG base
 * directory specification has it. Without it the shell works as well.
 */
final class HistoryFile {
  private HistoryFile() {}

  /** The file, if it can be written. */
  static Optional<Path> find(Map<String, String> environment, String home) {
    try {
      Path file = directory(environment, home).resolve("shell-history");
      Path directory = file.getParent();
      if (directory == null || !file.isAbsolute()) {
        return Optional.empty();
      }
      Files.createDirectories(directory);
      boolean usable =
          Files.exists(file)
              ? Files.isRegularFile(file) && Files.isReadable(file) && Files.isWritable(file)
              : Files.isWritable(directory);
      return usable ? Optional.of(file) : Optional.empty();
    } catch (IOException | InvalidPathException nowhere) {
      return Optional.empty();
    }
  }

  private static Path directory(Map<String, String> environment, String home) {
    Path state = Path.of(environment.getOrDefault("XDG_STATE_HOME", ""));
    // A relative one is to be ignored.
    return (state.isAbsolute() ? state : Path.of(home, ".local", "state")).resolve("mdev4j");
  }
}
