package org.mdev4j.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command in a JVM of its own, with the modules that this test sees and a directory for
 * temporary files. Ended by close, which fails if something is left in that directory.
 */
final class MdevProcess implements AutoCloseable {
  private static final long LIMIT_SECONDS = 120;

  /** As the launcher has it. */
  private static final String NATIVE =
      "org.mdev4j.device,org.mdev4j.vfio,org.mdev4j.fuse,org.mdev4j.vfiouser,org.mdev4j.samples.mtty,org.jline";

  private final Process process;
  private final Path errors;
  private final Path temporary;
  private final BufferedReader out;

  private MdevProcess(List<String> command, Path temporary) throws IOException {
    this.temporary = temporary;
    errors = Files.createTempFile("mdev-up", ".err");
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    out = process.inputReader();
  }

  static MdevProcess start(String... arguments) throws IOException {
    return startBy(List.of(), arguments);
  }

  /** As {@link #start}, by another program, such as {@code unshare}. */
  static MdevProcess startBy(List<String> starter, String... arguments) throws IOException {
    Path temporary = Files.createTempDirectory("mdev-process");
    List<String> command = new ArrayList<>(starter);
    // A shell starts what it runs in the background with SIGINT ignored, which would be inherited.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary,
            "--enable-native-access=" + NATIVE,
            "--module-path",
            modulePath(),
            "--module",
            "org.mdev4j.cli/" + Main.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return new MdevProcess(command, temporary);
  }

  /** All that the test has, as modules: drivers are found by the service loader. */
  private static String modulePath() {
    return Stream.of("jdk.module.path", "java.class.path")
        .map(name -> System.getProperty(name, ""))
        .flatMap(path -> Arrays.stream(path.split(File.pathSeparator)))
        .filter(entry -> !entry.isEmpty())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The next line of output; an empty one when there is none any more. */
  String nextLine() throws IOException {
    String line = out.readLine();
    return line == null ? "" : line;
  }

  List<String> restOfOutput() {
    return out.lines().toList();
  }

  List<String> errors() throws IOException {
    return Files.readAllLines(errors);
  }

  /** Sends a signal, such as {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    int status =
        // The shell's own kill: a minimal system has no other.
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  /** The exit status, once it has ended. */
  int status() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs after " + LIMIT_SECONDS + " s: " + process.info());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    out.close();
    Files.delete(errors);
    Files.delete(temporary);
  }
}
