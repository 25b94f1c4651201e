package org.mdev4j.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line or two what went wrong. */
final class Complaints {
  private Complaints() {}

  /** Says what was not understood; who asks for nothing is shown what there is. */
  static int notUnderstood(ParameterException failure, String[] arguments) {
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
  static void failed(CommandLine command, Exception failure) {
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
}
