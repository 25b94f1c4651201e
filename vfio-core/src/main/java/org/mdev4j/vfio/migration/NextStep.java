package org.mdev4j.vfio.migration;

import java.util.List;

/**
 * Which state comes next on the way to another ({@code spec/vfio.md} 4.11). Paths lead over these
 * arcs, both ways but for one:
 *
 * <pre>
 *    PRE_COPY ---- PRE_COPY_P2P ----.
 *       |               |           v  (this way only)
 *       |               |       STOP_COPY
 *       |               |           |
 *    RUNNING ----- RUNNING_P2P --- STOP ---- RESUMING
 * </pre>
 *
 * <p>A device that lacks a state passes it by: the table is asked again from the lacking state,
 * until it names one that the device has. So without P2P the arcs RUNNING to STOP, STOP to RUNNING
 * and PRE_COPY to STOP_COPY are direct.
 *
 * <pre>
 *  from \ to    | STOP    RUNNING STOP_CP RESUM   RUN_P2P PRE_CP  PRE_P2P
 *  -------------+--------------------------------------------------------
 *  STOP         | -       RUN_P2P STOP_CP RESUM   RUN_P2P RUN_P2P RUN_P2P
 *  RUNNING      | RUN_P2P -       RUN_P2P RUN_P2P RUN_P2P PRE_CP  RUN_P2P
 *  STOP_COPY    | STOP    STOP    -       STOP    STOP    ERROR   ERROR
 *  RESUMING     | STOP    STOP    STOP    -       STOP    STOP    STOP
 *  RUNNING_P2P  | STOP    RUNNING STOP    STOP    -       RUNNING PRE_P2P
 *  PRE_COPY     | RUNNING RUNNING PRE_P2P RUNNING RUNNING -       PRE_P2P
 *  PRE_COPY_P2P | RUN_P2P RUN_P2P STOP_CP RUN_P2P RUN_P2P PRE_CP  -
 * </pre>
 *
 * <p>ERROR stands for "refused"; so do its whole row and column.
 *
 * <p>Only constants, so thread-safe.
 */
final class NextStep {
  private static final MigrationState ERROR = MigrationState.ERROR;
  private static final MigrationState STOP = MigrationState.STOP;
  private static final MigrationState RUN = MigrationState.RUNNING;
  private static final MigrationState STOPC = MigrationState.STOP_COPY;
  private static final MigrationState RESUM = MigrationState.RESUMING;
  private static final MigrationState RUNP = MigrationState.RUNNING_P2P;
  private static final MigrationState PRE = MigrationState.PRE_COPY;
  private static final MigrationState PREP = MigrationState.PRE_COPY_P2P;

  /** By the state one is in and the state one wants, both in the order of their numbers. */
  private static final List<List<MigrationState>> TABLE =
      List.of(
          List.of(ERROR, ERROR, ERROR, ERROR, ERROR, ERROR, ERROR, ERROR), // from ERROR
          List.of(ERROR, STOP, RUNP, STOPC, RESUM, RUNP, RUNP, RUNP), // from STOP
          List.of(ERROR, RUNP, RUN, RUNP, RUNP, RUNP, PRE, RUNP), // from RUNNING
          List.of(ERROR, STOP, STOP, STOPC, STOP, STOP, ERROR, ERROR), // from STOP_COPY
          List.of(ERROR, STOP, STOP, STOP, RESUM, STOP, STOP, STOP), // from RESUMING
          List.of(ERROR, STOP, RUN, STOP, STOP, RUNP, RUN, PREP), // from RUNNING_P2P
          List.of(ERROR, RUN, RUN, PREP, RUN, RUN, PRE, PREP), // from PRE_COPY
          List.of(ERROR, RUNP, RUNP, STOPC, RUNP, RUNP, PRE, PREP)); // from PRE_COPY_P2P

  private NextStep() {}

  /**
   * The next state on the way from {@code from} to {@code target}, one that {@code features} has;
   * ERROR if there is no way. {@code target} itself if that is where one is.
   */
  static MigrationState of(MigrationFeatures features, MigrationState from, MigrationState target) {
    if (!features.supports(target)) {
      return ERROR;
    }
    MigrationState next = from;
    do {
      next = TABLE.get(next.number()).get(target.number());
    } while (next != ERROR && !features.supports(next));
    return next;
  }
}
