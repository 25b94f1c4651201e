package org.mdev4j.replay.probe;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The time in which several threads of the probe run, from a {@code thread_start} to its {@code
 * thread_join}. With which step an event of the state machine was written down is chance there: of
 * all steps together the same events must come, in whatever order.
 *
 * <p>Not thread-safe: it belongs to the thread that replays.
 */
public final class TraceWindow {
  private final Set<String> running = new LinkedHashSet<>();
  private final List<String> expected = new ArrayList<>();
  private final List<String> got = new ArrayList<>();

  TraceWindow() {}

  public void started(String thread) {
    running.add(thread);
  }

  public void joined(String thread) {
    running.remove(thread);
  }

  public boolean isOpen() {
    return !running.isEmpty();
  }

  /** How many events are still to come if a step is to bring {@code length} of its own. */
  public int missing(int length) {
    return expected.size() + length - got.size();
  }

  /** Adds what a step should have brought, and what it brought. */
  public void add(List<String> stepExpected, List<String> stepGot) {
    expected.addAll(stepExpected);
    got.addAll(stepGot);
  }

  /** What differs, once the window is closed; it is empty then. Null if nothing does. */
  public @Nullable String close() {
    List<String> wanted = expected.stream().sorted().toList();
    List<String> came = got.stream().sorted().toList();
    expected.clear();
    got.clear();
    return wanted.equals(came)
        ? null
        : "trace of all steps since the first thread's start: expected " + wanted + ", got " + came;
  }
}
