package org.mdev4j.archetype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/**
 * The driver that the archetype makes, as sources that can be changed, compiled and tested. What
 * Maven adds to this the script {@code .ci/archetype} shows.
 */
final class GeneratedDriver {
  static final String PACKAGE = "org.example.pulse";

  private static final Path TEMPLATE = Path.of("src/main/resources/archetype-resources/src");
  private static final Path MAIN = Path.of("main/java");
  private static final Path TEST = Path.of("test/java");

  private final Path work;
  private final Map<Path, String> sources = new TreeMap<>();

  /**
   * @param work an empty folder
   */
  GeneratedDriver(Path work) throws IOException {
    this.work = work;
    try (Stream<Path> files = Files.walk(TEMPLATE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = Path.of(filled(TEMPLATE.relativize(file).toString()));
        sources.put(name, filled(Files.readString(file)));
      }
    }
  }

  private static String filled(String template) {
    return template
        .replace("${package}", PACKAGE)
        .replace("${driver}", "pulse")
        .replace("${className}", "Pulse")
        .replace("__className__", "Pulse");
  }

  /** Replaces a main class, or adds one. */
  GeneratedDriver with(String className, String source) {
    sources.put(MAIN.resolve(className + ".java"), source);
    return this;
  }

  /** Replaces a test class, or adds one. */
  GeneratedDriver withTest(String className, String source) {
    sources.put(TEST.resolve(className + ".java"), source);
    return this;
  }

  /** Replaces a piece of a main class, which has to be there. */
  GeneratedDriver change(String className, String piece, String by) {
    Path name = MAIN.resolve(className + ".java");
    String source = sources.getOrDefault(name, "");
    assertThat(source).as("source of %s", className).contains(piece);
    sources.put(name, source.replace(piece, by));
    return this;
  }

  /** Adds imports to a main class. */
  GeneratedDriver importing(String className, String... names) {
    for (String name : names) {
      change(
          className,
          "package " + PACKAGE + ";\n",
          "package " + PACKAGE + ";\nimport " + name + ";\n");
    }
    return this;
  }

  /** Compiles everything and runs all tests; what the tests that fail say, by their titles. */
  Map<String, String> failures() throws Exception {
    Path main = compile(MAIN, "--module-path", classPath());
    Path test =
        compile(TEST, "--class-path", main + System.getProperty("path.separator") + classPath());
    URL[] classes = {main.toUri().toURL(), test.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      Map<String, String> failures = new TreeMap<>();
      int run = 0;
      for (Path source : sources.keySet()) {
        String name = source.getFileName().toString().replace(".java", "");
        if (source.startsWith(TEST) && name.endsWith("Test")) {
          Events events = run(loader.loadClass(PACKAGE + "." + name));
          run += (int) events.started().count();
          events.failed().stream()
              .forEach(
                  event ->
                      failures.put(
                          event.getTestDescriptor().getDisplayName(),
                          messages(event.getRequiredPayload(TestExecutionResult.class))));
        }
      }
      assertThat(run).as("tests that were run").isGreaterThan(30);
      return failures;
    }
  }

  private static Events run(Class<?> test) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(test))
        .execute()
        .testEvents();
  }

  private static String messages(TestExecutionResult result) {
    List<String> messages = new ArrayList<>();
    Throwable failure = result.getThrowable().orElseThrow();
    messages.add(failure.toString());
    for (Throwable left : failure.getSuppressed()) {
      messages.add(left.toString());
    }
    return String.join("\n", messages);
  }

  private Path compile(Path kind, String... path) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Map.Entry<Path, String> source : sources.entrySet()) {
      if (source.getKey().startsWith(kind)) {
        Path file = folderOf(kind, source).resolve(source.getKey().getFileName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, source.getValue());
        files.add(file);
      }
    }
    Path classes = work.resolve("classes").resolve(kind);
    List<String> options =
        new ArrayList<>(
            List.of(
                "-d",
                classes.toString(),
                "-Xlint:all,-requires-automatic,-requires-transitive-automatic,-exports,-missing-explicit-ctor,-processing,-path,-module,-opens",
                "-proc:none"));
    options.addAll(List.of(path));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                compiler
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(files))
            .call();
    assertThat(compiled).as("compiles: %s", messages).isTrue();
    return classes;
  }

  /** By its package, as javac wants it; the module descriptor is on top. */
  private Path folderOf(Path kind, Map.Entry<Path, String> source) {
    Path root = work.resolve("src").resolve(kind);
    if (source.getKey().endsWith("module-info.java")) {
      return root;
    }
    String text = source.getValue();
    int at = text.indexOf("package ", text.startsWith("package") ? 0 : text.indexOf("\npackage "));
    String name = text.substring(at + "package ".length(), text.indexOf(';', at));
    return root.resolve(name.replace('.', '/'));
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }
}
