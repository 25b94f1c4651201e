package org.mdev4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.mdev4j.cli.demo.Stage;
import org.mdev4j.cli.demo.Tour;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mdev demo}: the main job in half a minute of reading. */
@Command(
    name = "demo",
    description = "Show the main job: create, use, exhaust and remove devices.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--no-color", description = "Print no colors, also on a terminal.")
  private boolean noColor;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it runs anything
  DemoCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    return Tour.give(new Stage(out, noColor ? Ansi.OFF : Ansi.AUTO)) ? 0 : 1;
  }
}
