package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * The algebra of paths, compared with that of the default file system, which is to be a Unix one.
 */
class SysfsPathTest {
  private static final long SEED = 20_240_817;
  private static final int PAIRS = 20_000;

  private final FileSystem files = SysfsFileSystem.of(new SysfsTree());
  private final FileSystem oracle = FileSystems.getDefault();

  @BeforeEach
  void theOracleIsUnix() {
    assumeThat(oracle.getSeparator()).isEqualTo("/");
  }

  @Test
  void randomPathsBehaveAsUnixPaths() {
    Random random = new Random(SEED);
    for (int i = 0; i < PAIRS; i++) {
      String one = randomPath(random);
      String other = randomPath(random);
      int from = random.nextInt(5) - 1;
      int to = random.nextInt(5) - 1;
      assertThat(facts(files, one, other, from, to))
          .as("'%s' and '%s', %d to %d", one, other, from, to)
          .isEqualTo(facts(oracle, one, other, from, to));
    }
  }

  @Test
  void theAwkwardPathsBehaveAsUnixPaths() {
    List<String> awkward =
        List.of(
            "",
            "/",
            "//",
            ".",
            "..",
            "/.",
            "/..",
            "a",
            "/a",
            "a/",
            "./a",
            "../a",
            "a/..",
            "a/../..",
            "/a/../..",
            "a/b",
            "/a/b/",
            "a/./b",
            "../..",
            "a//b",
            "...",
            " ",
            "b/../a");
    for (String one : awkward) {
      for (String other : awkward) {
        assertThat(facts(files, one, other, 0, 1))
            .as("'%s' and '%s'", one, other)
            .isEqualTo(facts(oracle, one, other, 0, 1));
      }
    }
  }

  @Test
  void partsAreJoinedAsUnixPathsAre() {
    for (String first : List.of("", "/", "a", "/a/")) {
      for (String more : List.of("", "/", "b", "/b", "b/../c")) {
        assertThat(files.getPath(first, more, "", "d"))
            .hasToString(oracle.getPath(first, more, "", "d").toString());
      }
    }
  }

  @Test
  void absolutePathsStartAtTheRoot() {
    assertThat(files.getPath("").toAbsolutePath()).hasToString("/");
    assertThat(files.getPath("a/../b").toAbsolutePath()).hasToString("/a/../b");
    Path absolute = files.getPath("/a");
    assertThat(absolute.toAbsolutePath()).isSameAs(absolute);
  }

  @Test
  void uris() {
    assertThat(files.getPath("/sys/bus").toUri()).isEqualTo(URI.create("sysfs:///sys/bus"));
    assertThat(files.getPath("sys/bus").toUri()).hasToString("sysfs:///sys/bus");
    assertThat(files.getPath("/").toUri()).hasToString("sysfs:///");
    URI odd = files.getPath("/a b/?c#d:%").toUri();
    assertThat(odd).hasToString("sysfs:///a%20b/%3Fc%23d:%25");
    assertThat(odd.getPath()).isEqualTo("/a b/?c#d:%");
  }

  @Test
  void aPathHasNoNul() {
    assertThatExceptionOfType(InvalidPathException.class)
        .isThrownBy(() -> files.getPath("a\0b"))
        .matches(invalid -> invalid.getIndex() == 1);
  }

  @Test
  void equalPathsAreInterchangeable() {
    Path path = files.getPath("/a/b");
    assertThat(files.getPath("/a//b/")).isEqualTo(path).hasSameHashCodeAs(path);
    assertThat(path).isNotEqualTo(oracle.getPath("/a/b"));
    assertThat(path.getFileSystem()).isSameAs(files);
  }

  /** All that can be said of two paths, as text; an exception is one more answer. */
  private static Map<String, String> facts(
      FileSystem files, String first, String second, int from, int to) {
    Path one = files.getPath(first);
    Path other = files.getPath(second);
    Map<String, String> facts = new LinkedHashMap<>();
    put(facts, "text", one::toString);
    put(facts, "absolute", one::isAbsolute);
    put(facts, "root", one::getRoot);
    put(facts, "fileName", one::getFileName);
    put(facts, "parent", one::getParent);
    put(facts, "nameCount", one::getNameCount);
    put(facts, "name", () -> one.getName(from));
    put(facts, "subpath", () -> one.subpath(from, to));
    put(facts, "normalize", one::normalize);
    put(facts, "resolve", () -> one.resolve(other));
    put(facts, "resolveText", () -> one.resolve(second));
    put(facts, "resolveSibling", () -> one.resolveSibling(other));
    put(facts, "relativize", () -> one.relativize(other));
    put(facts, "startsWith", () -> one.startsWith(other));
    put(facts, "startsWithText", () -> one.startsWith(second));
    put(facts, "endsWith", () -> one.endsWith(other));
    put(facts, "endsWithText", () -> one.endsWith(second));
    put(facts, "compareTo", () -> Integer.signum(one.compareTo(other)));
    put(facts, "equals", () -> one.equals(other));
    put(
        facts,
        "iterator",
        () -> {
          List<String> names = new ArrayList<>();
          one.forEach(name -> names.add(name.toString()));
          return names;
        });
    return facts;
  }

  private static void put(Map<String, String> facts, String name, Callable<?> question) {
    String answer;
    try {
      answer = String.valueOf(question.call());
    } catch (Exception exception) {
      answer = exception.getClass().getSimpleName();
    }
    facts.put(name, answer);
  }

  /** Few and similar names, so that two paths often have a beginning or an end in common. */
  private static String randomPath(Random random) {
    String[] names = {"a", "a", "b", "b", "ab", ".", "..", "..", "", "a.b", "-"};
    StringBuilder path = new StringBuilder(random.nextBoolean() ? "/" : "");
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      path.append(i == 0 ? "" : "/").append(names[random.nextInt(names.length)]);
    }
    return path.toString();
  }
}
