// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.mdev4j.cli.verbs.Inventory;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that works on the files of a sysfs tree, the kernel's or another. */
abstract class SysfsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--sysfs",
      paramLabel = "DIR",
      defaultValue = "/sys",
      description = "Where the tree is (default: /sys, the kernel's).")
  private Path root;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  SysfsCommand() {}

  /** Returns where the tree is. */
  final Path root() {
    return root;
  }

  /**
   * Returns what is in the tree.
   *
   * @throws VerbException if it is not a tree
   */
  final Inventory inventory() throws VerbException {
    return new Inventory(root);
  }

  final CommandLine commandLine() {
    return spec.commandLine();
  }

  final PrintWriter out() {
    return commandLine().getOut();
  }
}
