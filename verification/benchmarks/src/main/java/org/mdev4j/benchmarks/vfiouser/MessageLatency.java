package org.mdev4j.benchmarks.vfiouser;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.mdev4j.benchmarks.ServedToy;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfiouser.server.VfioUserServer;

/**
 * Measures messages to a served device and a bare ping-pong in turn, in small portions, client and
 * server on one CPU, and prints the medians. What disturbs the machine disturbs both.
 */
final class MessageLatency {
  /** Long enough for the compiler, which may get little of a busy machine. */
  private static final long WARM_UP_NANOS = 5_000_000_000L;

  private static final int PORTION = 500;
  private static final int PORTIONS = 200;
  private static final int POSTED = 50_000;
  private static final int FIELDS = 32;
  private static final double TARGET = 1.6;

  private MessageLatency() {}

  public static void main(String... args) throws Throwable {
    Sys.stayOnOneCpu();
    Path folder = Files.createTempDirectory("vfio-user-benchmark");
    try (ServedToy toy = new ServedToy()) {
      UUID uuid = toy.create();
      Vfio vfio = toy.host().service(Vfio.class);
      try (VfioUserServer server =
          VfioUserServer.start(vfio, uuid.toString(), folder.resolve("toy.sock"))) {
        int socket = Sys.connect(server.path());
        agree(socket);
        int accesses = echoing(FIELDS, FIELDS);
        measure(
            List.of(
                Exchange.pingPong(accesses, FIELDS, FIELDS),
                Exchange.read(socket),
                Exchange.write(socket)));
        Sys.close(accesses);
        measurePosted(Exchange.posted(socket), Exchange.read(socket));
        measureFetches(toy, uuid, socket);
        Sys.close(socket);
      }
    } finally {
      Files.delete(folder);
    }
  }

  /** A socket at whose other end a thread answers. */
  private static int echoing(int there, int back) throws Throwable {
    int[] pair = Sys.pair();
    Thread.ofPlatform().daemon().start(() -> echo(pair[1], there, back));
    return pair[0];
  }

  private static void agree(int socket) throws Throwable {
    Exchange version = Exchange.version(socket);
    version.once();
    if (!Sys.receive(socket, version.into(), 16)
        || !Sys.receive(socket, version.into().asSlice(16), version.answerSize() - 16)) {
      throw new IllegalStateException("no version");
    }
  }

  private static void echo(int socket, int there, int back) {
    try {
      MemorySegment bytes = Arena.ofAuto().allocate(Math.max(there, back));
      while (Sys.receive(socket, bytes, there)) {
        Sys.send(socket, bytes, back);
      }
      Sys.close(socket);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void measure(List<Exchange> exchanges) throws Throwable {
    for (Exchange exchange : exchanges) {
      for (long end = System.nanoTime() + WARM_UP_NANOS; System.nanoTime() < end; ) {
        exchange.once();
      }
    }
    long[][] nanos = new long[exchanges.size()][PORTIONS * PORTION];
    for (int portion = 0; portion < PORTIONS; portion++) {
      for (int i = 0; i < exchanges.size(); i++) {
        time(exchanges.get(i), nanos[i], portion * PORTION);
      }
    }
    print(exchanges.stream().map(Exchange::name).toList(), nanos, TARGET);
  }

  /** Times of several things, of which the first is the yardstick; a target of 0 is none. */
  private static void print(List<String> names, long[][] nanos, double target) {
    System.out.println("| what | p50 | p90 | of the ping-pong | target |");
    System.out.println("|---|---|---|---|---|");
    Arrays.stream(nanos).forEach(Arrays::sort);
    double yardstick = nanos[0][nanos[0].length / 2];
    for (int i = 0; i < nanos.length; i++) {
      double median = nanos[i][nanos[i].length / 2];
      double ratio = median / yardstick;
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f µs | %.1f µs | %.2f | %s |%n",
          names.get(i),
          median / 1_000,
          nanos[i][nanos[i].length / 10 * 9] / 1_000.0,
          ratio,
          i == 0 || target == 0
              ? ""
              : "at most " + target + (ratio <= target ? ": met" : ": missed"));
    }
  }

  private static void time(Exchange exchange, long[] nanos, int from) throws Throwable {
    for (int i = from; i < from + PORTION; i++) {
      long start = System.nanoTime();
      exchange.once();
      nanos[i] = System.nanoTime() - start;
    }
  }

  /** Reads by the device, while it carries out a command and from a thread of its own. */
  private static void measureFetches(ServedToy toy, UUID uuid, int socket) throws Throwable {
    Fetch fetch = new Fetch(socket);
    DeviceDma dma = toy.dma(uuid);
    int plain = echoing(Fetch.REQUEST, Fetch.ANSWER);
    Exchange pingPong = Exchange.pingPong(plain, Fetch.REQUEST, Fetch.ANSWER);
    Exchange doorbell = Exchange.doorbell(socket);
    long[][] nanos = new long[3][PORTIONS * PORTION];
    int[] from = {0};
    toy.onDoorbell(uuid, () -> fetch.read(dma, nanos[1], from[0], PORTION));
    try (var device = Executors.newSingleThreadExecutor(Thread.ofPlatform().factory())) {
      long end = System.nanoTime() + 3 * WARM_UP_NANOS;
      for (int portion = 0; portion < PORTIONS; ) {
        from[0] = portion * PORTION;
        time(pingPong, nanos[0], from[0]);
        doorbell.begin();
        fetch.answer(PORTION);
        doorbell.end();
        var reading = device.submit(() -> fetch.read(dma, nanos[2], from[0], PORTION));
        fetch.answer(PORTION);
        reading.get();
        if (System.nanoTime() > end) {
          portion++;
        }
      }
    }
    Sys.close(plain);
    System.out.println();
    print(
        List.of(
            pingPong.name(),
            "server reads 4 KiB by message, within a command",
            "server reads 4 KiB by message, from another thread"),
        nanos,
        0);
  }

  /** As fast as the server takes them; a read at the end waits until all are done. */
  private static void measurePosted(Exchange posted, Exchange last) throws Throwable {
    double best = 0;
    for (int round = 0; round < 10; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < POSTED; i++) {
        posted.once();
      }
      last.once();
      best = Math.max(best, POSTED * 1e9 / (System.nanoTime() - start));
    }
    System.out.printf(Locale.ROOT, "%nposted writes a second: %,.0f%n", best);
  }
}
