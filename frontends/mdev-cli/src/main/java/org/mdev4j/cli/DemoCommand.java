package org.mdev4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.mdev4j.cli.demo.QemuTour;
import org.mdev4j.cli.demo.Stage;
import org.mdev4j.cli.demo.Tour;
import org.mdev4j.cli.verbs.VerbException;
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
  private static final String ROOT = "mdev4j.root";
  private static final String PICTURE = "mdev-demo.png";

  @Spec private CommandSpec spec;

  @Option(names = "--no-color", description = "Print no colors, also on a terminal.")
  private boolean noColor;

  @Option(
      names = "--qemu",
      description =
          "Show devices in use by a Linux guest in QEMU instead. Fetches both, the first time, as"
              + " Debian packages; see docs/qemu.md.")
  private boolean qemu;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it runs anything
  DemoCommand() {}

  @Override
  public Integer call() throws VerbException, IOException {
    Stage stage = new Stage(spec.commandLine().getOut(), noColor ? Ansi.OFF : Ansi.AUTO);
    boolean good = qemu ? QemuTour.give(stage, scripts(), Path.of(PICTURE)) : Tour.give(stage);
    return good ? 0 : 1;
  }

  /** The launcher says where the source tree is, which the scripts are a part of. */
  private static Path scripts() throws VerbException {
    String root = System.getProperty(ROOT);
    if (root == null) {
      throw new VerbException(
          "--qemu needs the source tree: start it there, as ./mdev demo --qemu");
    }
    return Path.of(root, "it", "qemu");
  }
}
