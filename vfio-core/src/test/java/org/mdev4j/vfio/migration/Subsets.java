package org.mdev4j.vfio.migration;

import java.util.Arrays;
import java.util.List;

/** All devices there can be, as far as features go, and their states. */
final class Subsets {
  static final MigrationFeatures STOP_COPY = new MigrationFeatures(false, false);
  static final MigrationFeatures P2P = new MigrationFeatures(true, false);
  static final MigrationFeatures PRE_COPY = new MigrationFeatures(false, true);
  static final MigrationFeatures FULL = new MigrationFeatures(true, true);
  static final List<MigrationFeatures> ALL = List.of(STOP_COPY, P2P, PRE_COPY, FULL);

  private Subsets() {}

  static List<MigrationFeatures> all() {
    return ALL;
  }

  static List<MigrationState> states(MigrationFeatures features) {
    return Arrays.stream(MigrationState.values()).filter(features::supports).toList();
  }
}
