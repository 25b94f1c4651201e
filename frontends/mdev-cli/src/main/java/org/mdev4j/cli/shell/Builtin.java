// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jline.utils.Levenshtein;
import org.jspecify.annotations.Nullable;

/**
 * A command of the shell.
 *
 * @param usage its name and arguments
 * @param summary one line for help
 * @param details more lines for help; those that start with a dash define its options, in the form
 *     that {@link org.jline.builtins.Options} reads
 * @param operand what its arguments name, so that they can be completed
 * @param action what it does
 */
record Builtin(String usage, String summary, List<String> details, Operand operand, Action action) {
  private static final List<String> LANGUAGE =
      List.of(
          "Paths start in /sys; * ? [...] match names. COMMAND > FILE writes in one go.",
          "'...' and \"...\" quote, ; separates commands, # starts a comment.",
          "Errors start with the kernel's name for them.",
          "For everything beyond: 'mdev exec -- bash' is a full shell that sees such a tree at"
              + " /sys.");

  /** What an argument names. */
  enum Operand {
    PATH,
    MODULE,
    LOADED_MODULE,
    COMMAND,
    NOTHING
  }

  /** What a command does. */
  @FunctionalInterface
  interface Action {
    /**
     * Does it.
     *
     * @throws IOException if a file refuses
     * @throws Call.Misuse if the arguments make no sense
     * @throws org.mdev4j.device.errno.ErrnoException if the host refuses
     */
    void run(Call call) throws IOException;
  }

  private Builtin(String usage, String summary, Operand operand, Action action, String... details) {
    this(usage, summary, List.of(details), operand, action);
  }

  /** Returns all commands, in the order of help. */
  static List<Builtin> all() {
    return List.of(
        new Builtin(
            "ls [-la] [PATH...]",
            "list directories",
            Operand.PATH,
            TreeBuiltins::ls,
            "-l  modes, sizes, device numbers and where links lead",
            "-a  changes nothing: no name is hidden"),
        new Builtin("cat PATH...", "show files", Operand.PATH, TreeBuiltins::cat),
        new Builtin(
            "echo [-n] TEXT... [> FILE]",
            "print text, or write it to a file",
            Operand.PATH,
            Builtin::echo,
            "The whole text reaches the file in one write, without a newline with -n."),
        new Builtin(
            "readlink [-f] PATH...",
            "say where a link leads",
            Operand.PATH,
            TreeBuiltins::readlink,
            "-f  the absolute path of what it leads to in the end"),
        new Builtin(
            "tree [-L DEPTH] [PATH]",
            "draw a directory and what is below it",
            Operand.PATH,
            TreeBuiltins::tree,
            "-L --level=DEPTH  how many directories deep; links are shown and not followed"),
        new Builtin(
            "modprobe NAME [KEY=VALUE...]",
            "load a module, and before it those that it requires",
            Operand.MODULE,
            HostBuiltins::modprobe,
            "A module that is loaded already stays as it is, whatever the parameters say."),
        new Builtin("rmmod NAME...", "unload modules", Operand.LOADED_MODULE, HostBuiltins::rmmod),
        new Builtin(
            "uevents",
            "show what was announced since last time",
            Operand.NOTHING,
            HostBuiltins::uevents),
        new Builtin(
            "screenshot UUID FILE.png",
            "write what a display shows as PNG",
            Operand.NOTHING,
            HostBuiltins::screenshot,
            "FILE is a file of this machine, not of the tree."),
        new Builtin("help [COMMAND]", "say what there is", Operand.COMMAND, Builtin::help),
        new Builtin("exit", "leave; so do quit and Ctrl-D", Operand.NOTHING, Builtin::exit));
  }

  /** Returns the command of that name, or null. */
  static @Nullable Builtin named(String name) {
    String wanted = name.equals("quit") ? "exit" : name;
    return all().stream().filter(one -> one.name().equals(wanted)).findFirst().orElse(null);
  }

  /** Says that no command has this name, and which may have been meant. */
  static String unknown(String name) {
    // In a short word, two slips leave nothing to recognise.
    int limit = Math.min(3, name.length());
    return "there is no command '"
        + name
        + "'; "
        + all().stream()
            .map(Builtin::name)
            .filter(near -> Levenshtein.distance(name, near) < limit)
            .min(Comparator.comparingInt(near -> Levenshtein.distance(name, near)))
            .map(near -> "did you mean " + near + "?")
            .orElse("try help");
  }

  String name() {
    return usage.split(" ", 2)[0];
  }

  /** Returns the lines of {@code help NAME}, which also define the options. */
  List<String> help() {
    List<String> lines = new ArrayList<>(List.of(usage, "  " + summary));
    details.forEach(line -> lines.add("  " + line));
    return lines;
  }

  /** Prints its arguments. What looks like another option than -n is text. */
  private static void echo(Call call) {
    List<String> words = call.arguments();
    boolean plain = !words.isEmpty() && words.getFirst().equals("-n");
    String text = String.join(" ", plain ? words.subList(1, words.size()) : words);
    call.text(plain ? text : text + "\n");
  }

  private static void help(Call call) {
    List<String> operands = call.operands(0, 1);
    if (operands.isEmpty()) {
      all()
          .forEach(
              one -> call.line(String.format(Locale.ROOT, "%-29s %s", one.usage, one.summary)));
      call.line("");
      LANGUAGE.forEach(call::line);
      return;
    }
    Builtin command = named(operands.getFirst());
    if (command == null) {
      call.problem(unknown(operands.getFirst()));
    } else {
      command.help().forEach(call::line);
    }
  }

  private static void exit(Call call) {
    call.operands(0, 0);
    call.session().end();
  }
}
