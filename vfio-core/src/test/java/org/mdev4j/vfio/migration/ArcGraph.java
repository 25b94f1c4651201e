package org.mdev4j.vfio.migration;

import static org.mdev4j.vfio.migration.MigrationState.PRE_COPY;
import static org.mdev4j.vfio.migration.MigrationState.PRE_COPY_P2P;
import static org.mdev4j.vfio.migration.MigrationState.RESUMING;
import static org.mdev4j.vfio.migration.MigrationState.RUNNING;
import static org.mdev4j.vfio.migration.MigrationState.RUNNING_P2P;
import static org.mdev4j.vfio.migration.MigrationState.STOP;
import static org.mdev4j.vfio.migration.MigrationState.STOP_COPY;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The oracle: not a table but the arcs that make sense for a device, and the rule that a path is
 * the shortest one that begins no session on its way. It shares nothing with {@link NextStep} but
 * the names of the states.
 */
final class ArcGraph {
  private static final Set<MigrationState> SESSIONS =
      EnumSet.of(STOP_COPY, RESUMING, PRE_COPY, PRE_COPY_P2P);

  private final Map<MigrationState, Set<MigrationState>> arcs = new EnumMap<>(MigrationState.class);

  ArcGraph(boolean p2p, boolean preCopy) {
    both(STOP, STOP_COPY);
    both(STOP, RESUMING);
    if (p2p) {
      both(RUNNING, RUNNING_P2P);
      both(RUNNING_P2P, STOP);
    } else {
      both(RUNNING, STOP);
    }
    if (preCopy) {
      both(RUNNING, PRE_COPY);
      if (p2p) {
        both(RUNNING_P2P, PRE_COPY_P2P);
        both(PRE_COPY, PRE_COPY_P2P);
        oneWay(PRE_COPY_P2P, STOP_COPY);
      } else {
        oneWay(PRE_COPY, STOP_COPY);
      }
    }
  }

  /** The states after {@code from} up to {@code target}; none if there is no way. */
  List<MigrationState> path(MigrationState from, MigrationState target) {
    boolean backToPreCopy = from == STOP_COPY && (target == PRE_COPY || target == PRE_COPY_P2P);
    if (backToPreCopy) {
      return List.of();
    }
    boolean toStopCopy = target == STOP_COPY && (from == PRE_COPY || from == PRE_COPY_P2P);
    List<List<MigrationState>> paths = List.of(List.of(from));
    for (int length = 0; length < MigrationState.values().length; length++) {
      List<List<MigrationState>> longer = new ArrayList<>();
      for (List<MigrationState> path : paths) {
        MigrationState last = path.getLast();
        if (last == target) {
          return path.subList(1, path.size());
        }
        // On its way a path enters no session state, unless it stays in the session it is in.
        boolean mayGoOn =
            path.size() == 1 || !SESSIONS.contains(last) || (toStopCopy && last == PRE_COPY_P2P);
        if (mayGoOn) {
          for (MigrationState next : arcs.getOrDefault(last, Set.of())) {
            List<MigrationState> grown = new ArrayList<>(path);
            grown.add(next);
            longer.add(grown);
          }
        }
      }
      paths = longer;
    }
    return List.of();
  }

  /** Whether there is an arc. */
  boolean hasArc(MigrationState from, MigrationState to) {
    return arcs.getOrDefault(from, Set.of()).contains(to);
  }

  private void both(MigrationState one, MigrationState other) {
    oneWay(one, other);
    oneWay(other, one);
  }

  private void oneWay(MigrationState from, MigrationState to) {
    arcs.computeIfAbsent(from, unused -> EnumSet.noneOf(MigrationState.class)).add(to);
  }
}
