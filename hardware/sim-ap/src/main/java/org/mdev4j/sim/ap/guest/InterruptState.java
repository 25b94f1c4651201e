package org.mdev4j.sim.ap.guest;

import org.mdev4j.ap.Gisa;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A guest's interruption state area and its references at the alert facility. Thread-safe: the
 * monitor guards both and is a leaf.
 */
final class InterruptState implements Gisa {
  private static final int SUBCLASSES = 8;

  /** The host's subclass for alerts about guests. */
  private static final int HOST_ISC = 5;

  private final int[] references = new int[SUBCLASSES];
  private final boolean[] pending = new boolean[SUBCLASSES];

  synchronized int register(int isc) {
    if (isc < 0 || isc >= SUBCLASSES) {
      throw new ErrnoException(Errno.ERANGE, "there is no interruption subclass " + isc);
    }
    references[isc]++;
    return HOST_ISC;
  }

  synchronized void unregister(int isc) {
    if (references[isc] == 0) {
      throw new IllegalStateException("subclass " + isc + " is not registered");
    }
    references[isc]--;
  }

  synchronized int references() {
    int sum = 0;
    for (int count : references) {
      sum += count;
    }
    return sum;
  }

  @Override
  public synchronized void makePending(int isc) {
    pending[isc] = true;
  }

  synchronized boolean take(int isc) {
    boolean was = pending[isc];
    pending[isc] = false;
    return was;
  }
}
