package org.mdev4j.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.errno.ErrnoException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code mdev} command. Without a subcommand it says which there are and fails. */
@Command(
    name = "mdev",
    description =
        "Mediated devices without the hardware: the Linux mdev and VFIO framework in Java.",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      ShellCommand.class,
      UpCommand.class,
      ExecCommand.class,
      ModulesCommand.class,
      TypesCommand.class,
      ListCommand.class,
      CreateCommand.class,
      RemoveCommand.class,
      ScreenshotCommand.class,
      ReplayCommand.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it runs anything
  Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, ready to execute; exit status 0 done, 1 failed, 2 not understood. */
  static CommandLine commandLine() {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(Main::notUnderstood)
            .setExecutionExceptionHandler(refusals());
    // What follows the program's name is the program's.
    Objects.requireNonNull(commandLine.getSubcommands().get("exec")).setStopAtPositional(true);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** A refusal is one line for people; anything else is a bug, and its trace helps to find it. */
  private static IExecutionExceptionHandler refusals() {
    return (failure, command, parsed) -> {
      if (failure instanceof ErrnoException refusal) {
        command.getErr().println("mdev: " + refusal.summary());
      } else if (failure instanceof VerbException) {
        complain(command, failure);
      } else {
        failure.printStackTrace(command.getErr());
      }
      return CommandLine.ExitCode.SOFTWARE;
    };
  }

  /** Says what was not understood; who asks for nothing is shown what there is. */
  private static int notUnderstood(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("mdev: " + decapitalized(String.valueOf(failure.getMessage())));
    if (arguments.length == 0) {
      command.usage(err);
    } else if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** Says why something could not be done. */
  static void complain(CommandLine command, Exception failure) {
    command.getErr().println("mdev: " + failure.getMessage());
    command.getErr().flush();
  }

  /** Picocli's own messages start as sentences do. */
  private static String decapitalized(String message) {
    boolean sentence =
        message.length() > 1
            && Character.isUpperCase(message.charAt(0))
            && Character.isLowerCase(message.charAt(1));
    return sentence ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
  }

  /**
   * What {@code mdev --version} prints: the version of this module and of the Java that runs it.
   */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getModule().getDescriptor().rawVersion().orElse("(development)");
      return new String[] {"mdev4j " + version + ", on Java " + Runtime.version().feature()};
    }
  }
}
