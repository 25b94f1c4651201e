package org.mdev4j.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Linux guest in QEMU, booted by {@code it/qemu/guest}, that carries out commands one after the
 * other. For one thread; ended by close.
 */
final class Guest implements AutoCloseable {
  private static final String READY = "=== ready";
  private static final String DONE = "=== done ";
  private static final int LIMIT_SECONDS = 600;
  private static final int ENDING_SECONDS = 20;

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter commands;

  private Guest(Process process) {
    this.process = process;
    answers = process.inputReader(UTF_8);
    commands = new PrintWriter(process.outputWriter(UTF_8), true);
  }

  /**
   * Boots one and waits until it is up; it ends by itself after ten minutes.
   *
   * @param scripts the folder {@code it/qemu} of the source tree
   * @param sockets where its devices are served
   * @throws IOException if it does not boot; what went wrong is on standard error then
   */
  static Guest boot(Path scripts, List<Path> sockets) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(scripts.resolve("guest").toString());
    command.addAll(List.of("--time-limit", Integer.toString(LIMIT_SECONDS)));
    sockets.forEach(socket -> command.addAll(List.of("--socket", socket.toString())));
    command.add(Files.readString(scripts.resolve("obey.sh")));
    Guest guest = new Guest(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    try {
      guest.readUntil(READY);
      return guest;
    } catch (IOException failure) {
      guest.close();
      throw failure;
    }
  }

  /**
   * What a command prints.
   *
   * @throws IOException if it fails, or the guest ends
   */
  List<String> run(String command) throws IOException {
    commands.println(command);
    List<String> printed = new ArrayList<>();
    String status = readUntil(DONE, printed);
    if (!status.equals("0")) {
      throw new IOException("in the guest, '" + command + "' ended with status " + status);
    }
    return printed;
  }

  /** Has it power off, and waits for that. */
  void powerOff() throws IOException {
    commands.println("exit");
    while (answers.readLine() != null) {
      // What it still says is not wanted.
    }
  }

  private void readUntil(String marker) throws IOException {
    var _ = readUntil(marker, new ArrayList<>());
  }

  private String readUntil(String marker, List<String> before) throws IOException {
    while (true) {
      String line = answers.readLine();
      if (line == null) {
        throw new IOException("the guest has ended");
      }
      if (line.startsWith(marker)) {
        return line.substring(marker.length());
      }
      before.add(line);
    }
  }

  /** Ends it, however far it is. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
