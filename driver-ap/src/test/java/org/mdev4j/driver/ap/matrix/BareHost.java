// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ap.matrix;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.host.HostClock;

/**
 * A host with all control domains, without cards or clock, on which nothing is reserved and no
 * queue is bound.
 */
record BareHost(MatrixLocks locks, List<MatrixMdev> mdevs) implements MatrixHost {
  private static final ApMatrix MATRIX = new ApMatrix(ApMask.NONE, ApMask.NONE, ApMask.ALL);

  @Override
  public Settings settings() {
    return new Settings(false, true, false, false);
  }

  @Override
  public HostClock clock() {
    return new HostClock() {
      @Override
      public Instant now() {
        return Instant.EPOCH;
      }

      @Override
      public Timer schedule(Duration delay, Runnable action) {
        throw new AssertionError("nothing is to be waited for");
      }
    };
  }

  @Override
  public QciInfo qci() {
    return new QciInfo(true, true, 255, 255, MATRIX);
  }

  @Override
  public ApMatrix reserved() {
    return ApMatrix.EMPTY;
  }

  @Override
  public List<MatrixQueue> queues() {
    return List.of();
  }

  @Override
  public void forEachMdev(Consumer<MatrixMdev> action) {
    mdevs.forEach(action);
  }
}
