package org.mdev4j.replay.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.Syscalls;
import org.mdev4j.replay.transcript.Args;

/**
 * Creators and removers that go at a few UUIDs at random for a while, each in a thread of its own.
 *
 * <p>Each thread counts for itself; the counts are added up when all have ended.
 */
final class Storm {
  private static final String DEVICES = "/sys/bus/mdev/devices/";

  private final Syscalls syscalls;
  private final List<String> createPaths;
  private final List<String> uuids = new ArrayList<>();
  private final boolean waitsForType;
  private final Duration duration;
  private final int creators;
  private final int removers;

  /**
   * @param args {@code creators}, {@code removers}, {@code uuids}, {@code uuid_pattern}, {@code
   *     seconds}, {@code create_path} or {@code create_paths}
   */
  Storm(Args args, Session session) {
    syscalls = session.syscalls();
    createPaths = args.texts(args.has("create_paths") ? "create_paths" : "create_path");
    waitsForType = args.flag("removers_wait_for_mdev_type_link");
    duration = Duration.ofSeconds(args.number("seconds"));
    creators = args.size("creators");
    removers = args.size("removers");
    // The pattern may be followed by words about its range.
    String pattern = args.text("uuid_pattern").split(",", 2)[0];
    for (int i = 0; i < args.size("uuids"); i++) {
      uuids.add(String.format(Locale.ROOT, pattern, i));
    }
  }

  /** Rages, then returns how often each answer came, for creates and for removes. */
  ObjectNode rage() throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    List<Map<String, Long>> creates = new ArrayList<>();
    List<Map<String, Long>> removes = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < creators; i++) {
      threads.add(start("creator-" + i, end, this::create, creates));
    }
    for (int i = 0; i < removers; i++) {
      threads.add(start("remover-" + i, end, this::remove, removes));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    ObjectNode result = Answers.object();
    result.set("create", sum(creates));
    result.set("remove", sum(removes));
    return result;
  }

  private static Thread start(
      String name, long end, Consumer<Map<String, Long>> work, List<Map<String, Long>> all) {
    Map<String, Long> counts = new TreeMap<>();
    all.add(counts);
    return Thread.ofPlatform()
        .daemon()
        .name("replay-" + name)
        .start(
            () -> {
              while (System.nanoTime() < end) {
                work.accept(counts);
              }
            });
  }

  private void create(Map<String, Long> counts) {
    String path = createPaths.get(ThreadLocalRandom.current().nextInt(createPaths.size()));
    count(counts, syscalls.write(path, any().getBytes(ISO_8859_1)));
  }

  private void remove(Map<String, Long> counts) {
    String device = DEVICES + any();
    if (!waitsForType || syscalls.exists(device + "/mdev_type")) {
      count(counts, syscalls.write(device + "/remove", new byte[] {'1'}));
    }
  }

  private String any() {
    return uuids.get(ThreadLocalRandom.current().nextInt(uuids.size()));
  }

  private static void count(Map<String, Long> counts, ObjectNode answer) {
    counts.merge(Answers.worked(answer) ? "ok" : answer.path("errno").asText(), 1L, Long::sum);
  }

  private static ObjectNode sum(List<Map<String, Long>> counts) {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach(each -> each.forEach((answer, times) -> all.merge(answer, times, Long::sum)));
    ObjectNode result = Answers.object();
    all.forEach(result::put);
    return result;
  }
}
