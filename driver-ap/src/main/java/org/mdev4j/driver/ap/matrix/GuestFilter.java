package org.mdev4j.driver.ap.matrix;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;

/**
 * What of an assignment can reach a guest ({@code spec/ap.md} 6.1): what the host has, without the
 * adapters that lack a queue. Hardware knows rows and columns only, so one missing queue costs the
 * whole adapter.
 *
 * @param apm the adapters that are left
 * @param aqm the domains that are left
 * @param dropped why the adapters that the host has are not left, by number
 */
record GuestFilter(ApMask apm, ApMask aqm, Map<Integer, String> dropped) {
  GuestFilter {
    dropped = Map.copyOf(dropped);
  }

  /**
   * @param table the queues that are bound to vfio_ap and assigned
   */
  static GuestFilter of(ApMatrix assigned, ApMatrix host, Map<Apqn, MatrixQueue> table) {
    ApMatrix there = assigned.and(host);
    ApMask apm = there.apm();
    Map<Integer, String> dropped = new TreeMap<>();
    for (int adapter : there.apm().numbers()) {
      String reason = whyNot(adapter, there.aqm(), table);
      if (reason != null) {
        apm = apm.without(adapter);
        dropped.put(adapter, reason);
      }
    }
    return new GuestFilter(apm, there.aqm(), dropped);
  }

  private static @Nullable String whyNot(
      int adapter, ApMask domains, Map<Apqn, MatrixQueue> table) {
    for (int domain : domains.numbers()) {
      Apqn apqn = new Apqn(adapter, domain);
      MatrixQueue queue = table.get(apqn);
      if (queue == null) {
        return "queue " + apqn + " is not bound to vfio_ap";
      }
      if (queue.lastReset() != ResponseCode.NORMAL) {
        return "queue " + apqn + " could not be reset: " + queue.lastReset();
      }
    }
    return null;
  }
}
