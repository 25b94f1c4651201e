// SPDX-License-Identifier: Apache-2.0

import com.google.googlejavaformat.java.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format over every Java file in a module's {@code src} folder. The build starts
 * it in the project's root folder; the argument is {@code check} or {@code write}.
 */
class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    List<String> command = new ArrayList<>();
    if (write) {
      command.add("--replace");
    } else {
      command.addAll(List.of("--dry-run", "--set-exit-if-changed"));
    }
    command.addAll(List.of(".ci/Format.java", ".ci/LeftOut.java", "it/qemu/ReadConsole.java"));
    for (Path module : modules()) {
      try (var files = Files.walk(module.resolve("src"))) {
        files
            .filter(Files::isRegularFile)
            .map(Path::toString)
            // Templates are not Java yet.
            .filter(name -> name.endsWith(".java") && !name.contains("archetype-resources"))
            .sorted()
            .forEach(command::add);
      }
    }

    var out = new StringWriter();
    int status =
        new Main(new PrintWriter(out), new PrintWriter(System.err, true), System.in)
            .format(command.toArray(String[]::new));
    if (!out.toString().isBlank()) {
      System.err.print("Not formatted:\n" + out);
      System.err.println("To format: mvn -Pformat -N process-sources");
    }
    System.exit(status);
  }

  /** Returns the folders with a {@code src}: at the root, or one level below it. */
  private static List<Path> modules() throws Exception {
    try (var folders = Files.walk(Path.of(""), 2)) {
      return folders.filter(each -> Files.isDirectory(each.resolve("src"))).sorted().toList();
    }
  }
}
