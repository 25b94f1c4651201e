package org.mdev4j.vfio.model;

import org.mdev4j.vfio.migration.MigrationModel;

/** A device whose state can be saved and loaded. */
public interface Migratable {
  /** What it does on the arcs of the migration state machine; the same object at each call. */
  MigrationModel migration();
}
