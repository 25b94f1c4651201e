package org.mdev4j.testkit.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What this process has that a driver could leave behind: threads and open files, but for those
 * that are the JVM's own.
 *
 * @param threads platform threads that are alive
 * @param files how many of each are open; empty where the system doesn't tell
 */
record ProcessState(Set<Thread> threads, Map<String, Integer> files) {
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  /** Files that the JVM opens when it first needs them, by how they begin. */
  private static final List<String> OF_THE_JVM =
      List.of("/dev/", "/proc/", "/sys/", System.getProperty("java.home"));

  /** Files that the JVM reads classes from and writes about itself to, by how they end. */
  private static final List<String> JVM_ENDINGS =
      List.of(".jar", ".zip", ".jmod", ".class", ".so", ".jfr");

  /** Threads of the JVM and of test libraries, which come when they are first needed. */
  private static final List<String> OTHERS =
      List.of(
          "ForkJoinPool",
          "CompletableFuture",
          "Common-Cleaner",
          "Cleaner-",
          "VirtualThread",
          "Read-Poller",
          "Write-Poller",
          "awaitility",
          "process reaper",
          "surefire",
          "junit",
          "Attach",
          "JFR ",
          "testkit-background");

  static ProcessState now() {
    Pollers.open();
    return new ProcessState(Thread.getAllStackTraces().keySet(), openFiles());
  }

  /** Returns a sentence for each thread and file that is new and does not go within the limit. */
  List<String> whatIsNew(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      List<String> news = compare();
      if (news.isEmpty() || System.nanoTime() > end) {
        return news;
      }
      Background.pause();
    }
  }

  private List<String> compare() {
    List<String> news = new ArrayList<>();
    Set<Thread> later = new HashSet<>(Thread.getAllStackTraces().keySet());
    later.removeAll(threads);
    for (Thread thread : later) {
      if (thread.isAlive() && OTHERS.stream().noneMatch(thread.getName()::startsWith)) {
        news.add(
            "thread "
                + thread.getName()
                + " still runs: submit work to ModuleContext.workQueue, which unloading drains");
      }
    }
    openFiles()
        .forEach(
            (name, count) -> {
              int before = files.getOrDefault(name, 0);
              if (count > before) {
                news.add(
                    "%s is open %d times, and was %d times: close it when the device is closed, or"
                            .formatted(name, count, before)
                        + " hand it to the Scope");
              }
            });
    return news;
  }

  private static Map<String, Integer> openFiles() {
    Map<String, Integer> files = new TreeMap<>();
    if (Files.isDirectory(OPEN_FILES)) {
      try (Stream<Path> open = Files.list(OPEN_FILES)) {
        open.map(ProcessState::target)
            .filter(ProcessState::mayBeOfADriver)
            .map(ProcessState::kind)
            .forEach(kind -> files.merge(kind, 1, Integer::sum));
      } catch (IOException untold) {
        return Map.of();
      }
    }
    return files;
  }

  private static boolean mayBeOfADriver(String target) {
    boolean device = target.startsWith("/memfd:") || target.startsWith("/dev/pt");
    return device
        || (!target.isEmpty()
            && OF_THE_JVM.stream().noneMatch(target::startsWith)
            && JVM_ENDINGS.stream().noneMatch(target::endsWith));
  }

  /** The file's name, or, of one that has none but a number, what it is. */
  private static String kind(String target) {
    int number = target.indexOf(":[");
    return target.startsWith("/") || target.startsWith("anon_inode:") || number < 0
        ? target
        : "a " + target.substring(0, number);
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}
