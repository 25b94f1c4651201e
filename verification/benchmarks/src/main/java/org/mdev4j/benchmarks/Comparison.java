package org.mdev4j.benchmarks;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A benchmark beside what it is measured against.
 *
 * @param name a line of the table
 * @param measured what is of interest
 * @param yardstick what one call of it is compared with
 * @param target the largest ratio that will do, where there is one
 * @param mayAllocate whether a call may allocate
 */
record Comparison(
    String name,
    Measured measured,
    Measured yardstick,
    OptionalDouble target,
    boolean mayAllocate) {

  static final List<Comparison> ALL =
      List.of(
          of("tryGet + put, registration", tryGet("registration"), tryGet("atomic")).atMost(2.5),
          of("tryGet + put, callback", tryGet("published"), tryGet("atomic")).atMost(2.5),
          of(
              "tryGet + put, registration, 2 threads",
              tryGet("registration").by(2),
              tryGet("atomic").by(2)),
          of(
              "tryGet + put, callback, 2 threads",
              tryGet("published").by(2),
              tryGet("atomic").by(2)),
          of("create + remove, 1,000 live", createRemove("some"), createRemove("few")),
          of("create + remove, 100,000 live", createRemove("many"), createRemove("few"))
              .atMost(1.5),
          of("map + unmap, 10 mapped", mapUnmap("mapUnmap", 10), mapUnmap("tree", 10)),
          of("map + unmap, 10,000 mapped", mapUnmap("mapUnmap", 10_000), mapUnmap("tree", 10_000)),
          of("dmaRw, read 64 KiB", dmaRw("read"), dmaRw("copyIn")),
          of("dmaRw, write 64 KiB", dmaRw("write"), dmaRw("copyOut")),
          of("interrupt, signalled and taken", interrupt("signal"), interrupt("atomic")),
          of("interrupt, to a waiting thread", interrupt("wakeUp"), interrupt("semaphore")),
          of("region read, 4 bytes", region("read"), region("register")).allocatingNothing(),
          of("ccw: NOP, start to interrupt", ccw("nop"), interrupt("semaphore")),
          of("ccw: translation, 4 KiB read", translation("translate", 1), translation("copy", 1)),
          of(
              "ccw: translation, 64 KiB read",
              translation("translate", 16),
              translation("copy", 16)),
          of("ccw: 4 KiB read, start to interrupt", ccw("read4K"), translation("copy", 1)),
          of("ccw: 64 KiB read, start to interrupt", ccw("read64K"), translation("copy", 16)));

  private static Comparison of(String name, Measured measured, Measured yardstick) {
    return new Comparison(name, measured, yardstick, OptionalDouble.empty(), true);
  }

  private Comparison atMost(double ratio) {
    return new Comparison(name, measured, yardstick, OptionalDouble.of(ratio), mayAllocate);
  }

  private Comparison allocatingNothing() {
    return new Comparison(name, measured, yardstick, target, false);
  }

  private static Measured tryGet(String method) {
    return Measured.of(TryGetPut.class, method);
  }

  private static Measured createRemove(String part) {
    return Measured.of(CreateRemove.class, "inTurn").part(part);
  }

  private static Measured mapUnmap(String method, int mappings) {
    return Measured.of(MapUnmap.class, method).with("mappings", mappings);
  }

  private static Measured dmaRw(String method) {
    return Measured.of(DmaRw.class, method);
  }

  private static Measured interrupt(String method) {
    return Measured.of(InterruptDelivery.class, method);
  }

  private static Measured region(String method) {
    return Measured.of(RegionRead.class, method);
  }

  private static Measured ccw(String method) {
    return Measured.of(ChannelProgramRun.class, method);
  }

  private static Measured translation(String method, int pages) {
    return Measured.of(ChannelProgramTranslation.class, method).with("pages", pages);
  }
}
