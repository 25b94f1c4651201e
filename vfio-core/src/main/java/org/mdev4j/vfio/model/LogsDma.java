package org.mdev4j.vfio.model;

import org.mdev4j.vfio.migration.DmaLog;

/** A device that can say which of its user's pages it has written. */
public interface LogsDma {
  /** Its log; the same object at each call. */
  DmaLog dmaLog();
}
