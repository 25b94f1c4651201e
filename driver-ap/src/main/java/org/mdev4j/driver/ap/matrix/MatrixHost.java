package org.mdev4j.driver.ap.matrix;

import java.util.List;
import java.util.function.Consumer;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.host.HostClock;

/** What a mediated device sees of the host and of its like. */
public interface MatrixHost {
  Settings settings();

  MatrixLocks locks();

  HostClock clock();

  /** The host's configuration as drivers know it; under the lock for guests or for devices. */
  QciInfo qci();

  /** What is reserved for default drivers; it stays so while the permission lock is held. */
  ApMatrix reserved();

  /** The queues that are bound to vfio_ap, ascending; under the lock for devices. */
  List<MatrixQueue> queues();

  /** Shows every live device to {@code action}; under the lock for guests. */
  void forEachMdev(Consumer<MatrixMdev> action);
}
