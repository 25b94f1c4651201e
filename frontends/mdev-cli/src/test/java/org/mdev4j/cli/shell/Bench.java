package org.mdev4j.cli.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.mdev4j.device.host.Host;

/** Runs scripts on a host of their own, and keeps what they print. */
final class Bench implements AutoCloseable {
  static final String UUID = "c0ffee00-0001-4000-8000-000000000001";
  static final String TYPES = "/sys/class/mdev_bus/mtty/mdev_supported_types";
  static final String DEVICE = "/sys/bus/mdev/devices/" + UUID;
  static final String CREATE = "echo " + UUID + " > " + TYPES + "/mtty-1/create\n";

  private final Host host = Host.builder().name("bench").start();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  Host host() {
    return host;
  }

  /** Runs lines until one fails. */
  boolean run(String lines) throws IOException {
    return run(lines, false);
  }

  /** Runs all lines. */
  Bench runAll(String lines) throws IOException {
    run(lines, true);
    return this;
  }

  boolean run(String lines, boolean keepGoing) throws IOException {
    try (ShellSession session =
        new ShellSession(host, new PrintWriter(out), new PrintWriter(err))) {
      return session.run(new StringReader(lines), keepGoing);
    }
  }

  /** What was printed since the last call. */
  String out() {
    String text = out.toString();
    out.getBuffer().setLength(0);
    return text;
  }

  /** What was complained since the last call. */
  String err() {
    String text = err.toString();
    err.getBuffer().setLength(0);
    return text;
  }

  @Override
  public void close() {
    host.close();
  }
}
