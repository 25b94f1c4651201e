package org.mdev4j.sim.css.channel;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.mdev4j.sim.css.HoldPoint;

/** Where a test holds programs, and those that wait there. Not thread-safe. */
final class Parking {
  private final Map<HoldPoint, List<Runnable>> parked = new EnumMap<>(HoldPoint.class);

  /** Holds programs at {@code point} from now on. */
  void hold(HoldPoint point) {
    parked.computeIfAbsent(point, first -> new ArrayList<>());
  }

  /** Keeps {@code rest} if programs are held at {@code point}: true then. */
  boolean park(HoldPoint point, Runnable rest) {
    List<Runnable> waiting = parked.get(point);
    if (waiting == null) {
      return false;
    }
    waiting.add(rest);
    return true;
  }

  /** Holds nothing any more, and gives what waited. */
  List<Runnable> release() {
    List<Runnable> all = parked.values().stream().flatMap(List::stream).toList();
    parked.clear();
    return all;
  }
}
