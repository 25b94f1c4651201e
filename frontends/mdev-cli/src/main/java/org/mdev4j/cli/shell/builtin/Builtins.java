package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Builtin;

/** All commands of the shell. */
public final class Builtins {
  private Builtins() {}

  /** The commands, in the order of help. */
  public static List<Builtin> all() {
    return List.of(
        new Ls(),
        new Cat(),
        new Echo(),
        new Readlink(),
        new Tree(),
        new Cd(),
        new Pwd(),
        new Modprobe(),
        new Insmod(),
        new Rmmod(),
        new Lsmod(),
        new ShowUevents(),
        new Open(),
        new Close(),
        new Screenshot(),
        new ShowJobs(),
        new Wait(),
        new Help(),
        new Exit());
  }
}
