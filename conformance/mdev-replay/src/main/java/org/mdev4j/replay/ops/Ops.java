package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.node.NullNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Calls;
import org.mdev4j.replay.transcript.Step;

/**
 * All ops of a probe by name. Each family of ops adds its own, and the hidden calls that belong to
 * it.
 *
 * <p>Immutable once it is built, so it may be used by several replays.
 */
public final class Ops {
  /** Steps that are no calls, or whose answers are rates. */
  private static final Set<String> UNCOUNTED =
      Set.of("note", "rate", "create_remove_failures", "failures");

  /** What is done to the file of a dma-buf, which has no counterpart. */
  static final List<String> DMABUF =
      List.of(
          "mmap_dmabuf", "dmabuf_fd_flags", "dmabuf_lseek_end", "dmabuf_fd_link", "dmabuf_peek");

  private final Map<String, Entry> entries = new HashMap<>();
  private final Calls calls = new Calls();

  /**
   * An op, and how its steps are treated.
   *
   * @param op what it does
   * @param judge how its answer is judged
   * @param skipped which of its steps have no counterpart outside a kernel
   * @param isQuiet whether the probe looked at nothing but the result
   */
  public record Entry(Op op, Judge judge, Predicate<Step> skipped, boolean isQuiet) {
    /** Whether the step is one without a counterpart; what it does is checked all the same. */
    public boolean skips(Step step) {
      return skipped.test(step);
    }
  }

  /** Those that all probes have: modules, and what has no counterpart outside a kernel. */
  public static Ops common() {
    Ops ops = new Ops();
    ops.addWithoutCounterpart();
    ModuleOps.addTo(ops);
    return ops;
  }

  /** Those of the x86 probes. */
  public static Ops x86() {
    Ops ops = common();
    TreeOps.addTo(ops);
    WriteOps.addTo(ops);
    FileOps.addTo(ops);
    BackgroundOps.addTo(ops);
    RaceOps.addTo(ops);
    VfioOps.addTo(ops);
    DeviceOps.addTo(ops);
    IrqOps.addTo(ops);
    MappingOps.addTo(ops);
    DisplayOps.addTo(ops);
    DangerOps.addTo(ops);
    return ops;
  }

  /** The calls that steps make besides their own. */
  public Calls calls() {
    return calls;
  }

  /** The op of that name, or null. */
  public @Nullable Entry find(String name) {
    return entries.get(name);
  }

  /** Whether a step counts at all, and so is performed. */
  public static boolean counts(Step step) {
    return !UNCOUNTED.contains(step.op()) && !isOnSerialPort(step);
  }

  /** mdev4j's serial port is a true 16550A, the recorded one is not. */
  public static boolean isOnSerialPort(Step step) {
    return "uart".equals(step.section());
  }

  public void add(String name, Op op) {
    add(name, op, Judge.WHOLE);
  }

  public void add(String name, Op op, Judge judge) {
    add(name, op, judge, step -> false);
  }

  /** Adds an op after which the probe looks at nothing. */
  public void addQuiet(String name, Op op) {
    entries.put(name, new Entry(op, Judge.WHOLE, step -> false, true));
  }

  void add(String name, Op op, Judge judge, Predicate<Step> skipped) {
    entries.put(name, new Entry(op, judge, skipped, false));
  }

  private void addWithoutCounterpart() {
    for (String name :
        new String[] {
          "uname", "as_unprivileged_user", "signal_blocked_writer", "device_fd_link", "s390dbf"
        }) {
      addSkipped(name);
    }
    DMABUF.forEach(this::addSkipped);
  }

  private void addSkipped(String name) {
    add(
        name,
        (step, session) -> NullNode.getInstance(),
        (step, recorded, got, session) -> null,
        step -> true);
  }
}
