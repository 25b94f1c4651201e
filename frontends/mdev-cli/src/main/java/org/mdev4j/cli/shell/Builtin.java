package org.mdev4j.cli.shell;

import java.io.IOException;
import java.util.List;

/** A command of the shell. Holds no state: what it needs to remember is in the {@link Session}. */
public abstract class Builtin {
  /** What an argument of a command names, so that it can be completed. */
  public enum Argument {
    PATH,
    /** The first argument is a loadable module, the others its parameters. */
    MODULE,
    LOADED_MODULE,
    DEVICE,
    HELD_DEVICE,
    COMMAND,
    NOTHING
  }

  private final String name;
  private final String synopsis;
  private final String summary;
  private final Argument argument;

  /**
   * @param synopsis the arguments as help shows them, or empty
   * @param summary one line
   */
  protected Builtin(String name, String synopsis, String summary, Argument argument) {
    this.name = name;
    this.synopsis = synopsis;
    this.summary = summary;
    this.argument = argument;
  }

  public final String name() {
    return name;
  }

  /** Name and arguments. */
  public final String synopsis() {
    return synopsis.isEmpty() ? name : name + " " + synopsis;
  }

  public final String summary() {
    return summary;
  }

  public final Argument argument() {
    return argument;
  }

  /** More lines for {@code help NAME}. */
  public List<String> details() {
    return List.of();
  }

  /** Whether it means something while the shell goes on. */
  public boolean mayRunInBackground() {
    return true;
  }

  /**
   * Does it.
   *
   * @throws UsageException if the arguments make no sense
   * @throws IOException if a file refuses
   * @throws org.mdev4j.device.errno.ErrnoException if the host refuses
   */
  public abstract void run(Session session, List<String> arguments, Output output)
      throws UsageException, IOException;
}
