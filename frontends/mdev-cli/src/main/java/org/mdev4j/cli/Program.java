package org.mdev4j.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.verbs.VerbException;

/**
 * A program that this process runs as if it were the program: with its terminal, its signals and
 * its exit status.
 *
 * <p>Control C reaches the program by itself, since the terminal sends it to both. SIGTERM and
 * SIGHUP are passed on as SIGTERM, also if they come before it has started.
 */
final class Program implements AutoCloseable {
  private final List<String> command;
  private final SignalHandlers handlers = new SignalHandlers();
  private @Nullable Process process;
  private boolean stopped;

  /** From now on signals end the program, and this process only with it. */
  Program(List<String> command) {
    this.command = command;
    handlers.handle("INT", () -> {});
    handlers.handle("TERM", this::stop);
    handlers.handle("HUP", this::stop);
  }

  /**
   * Runs it to its end; in the mount namespace of the calling thread.
   *
   * @param defaults environment variables, unless they are set
   * @return its exit status; 128 and the signal's number if a signal ended it
   * @throws VerbException if it can't be run
   */
  int run(Map<String, String> defaults) throws VerbException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    defaults.forEach(builder.environment()::putIfAbsent);
    try {
      return start(builder).waitFor();
    } catch (IOException failure) {
      String name = command.getFirst();
      throw new VerbException(
          isThere() ? "can't run " + name + "; is it a program?" : "there is no program " + name,
          failure);
    }
  }

  /** Whether there is a file of its name where programs are looked for. */
  boolean isThere() {
    String name = command.getFirst();
    if (name.contains("/")) {
      return Files.exists(Path.of(name));
    }
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(directory -> Files.exists(Path.of(directory, name)));
  }

  private synchronized Process start(ProcessBuilder builder) throws IOException {
    Process started = builder.start();
    process = started;
    if (stopped) {
      started.destroy();
    }
    return started;
  }

  private synchronized void stop() {
    stopped = true;
    if (process != null) {
      process.destroy();
    }
  }

  @Override
  public void close() {
    handlers.close();
  }
}
