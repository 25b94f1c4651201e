package org.mdev4j.driver.ccw.soak;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What became of all programs, and what went wrong. Thread-safe: the monitor. */
final class Ledger {
  /** How a program ended for its user. */
  enum Fate {
    /** It ran to its end, good or bad. */
    FINISHED,
    /** It was halted or cleared. */
    STOPPED,
    /** It was refused with an errno. */
    REFUSED,
    /** Its user reset the device, took its memory away or closed the device. */
    ABORTED,
    /** The subchannel went away. */
    LOST
  }

  private final Map<Fate, Integer> fates = new TreeMap<>();
  private final Map<String, Integer> happened = new TreeMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  synchronized void add(Fate fate) {
    fates.merge(fate, 1, Integer::sum);
  }

  synchronized void happened(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  /** Something that must not be. */
  void wrong(String what) {
    wrong.add(what);
  }

  List<String> wrong() {
    return wrong;
  }

  synchronized int count(Fate fate) {
    return fates.getOrDefault(fate, 0);
  }

  @Override
  public synchronized String toString() {
    return "programs " + fates + ", besides " + happened;
  }
}
