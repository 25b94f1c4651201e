package org.mdev4j.cli;

import java.nio.file.Path;
import org.mdev4j.cli.verbs.Inventory;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Option;

/** The option of commands that work on the files of a sysfs tree. */
final class SysfsOptions {
  @Option(
      names = "--sysfs",
      paramLabel = "DIR",
      defaultValue = "/sys",
      description = "Where the tree is (default: /sys, the kernel's).")
  private Path root;

  @SuppressWarnings("NullAway.Init") // picocli sets the path before it runs anything
  SysfsOptions() {}

  Path root() {
    return root;
  }

  Inventory inventory() throws VerbException {
    return new Inventory(root);
  }
}
