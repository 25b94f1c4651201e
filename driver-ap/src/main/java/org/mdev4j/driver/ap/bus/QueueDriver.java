package org.mdev4j.driver.ap.bus;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.driver.ap.matrix.MatrixLocks;
import org.mdev4j.driver.ap.matrix.MatrixMdev;
import org.mdev4j.driver.ap.matrix.MatrixQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver {@code vfio_ap} of AP queues ({@code spec/ap.md} 7, 8): gives each queue to the
 * mediated device that it is assigned to, answers for what is in use, and carries changes of the
 * host's configuration to the guests: what goes, at once; what comes, when the scan is complete.
 *
 * <p>Thread-safe by {@link MatrixLocks}.
 */
final class QueueDriver implements ApDriver {
  private static final Logger log = LoggerFactory.getLogger(QueueDriver.class);

  private static final int OLDEST_TYPE = 10;
  private static final int NEWEST_TYPE = 14;

  private final MatrixDevice matrix;
  private final MatrixLocks locks;
  private final ApBus ap;

  QueueDriver(MatrixDevice matrix, ApBus ap) {
    this.matrix = matrix;
    this.locks = matrix.locks();
    this.ap = ap;
  }

  @Override
  public String name() {
    return "vfio_ap";
  }

  @Override
  public boolean matches(int type) {
    return type >= OLDEST_TYPE && type <= NEWEST_TYPE;
  }

  @Override
  public List<AttributeGroup> probe(ApQueue hardware, Scope scope) {
    MatrixQueue queue = new MatrixQueue(hardware);
    try (var _ = locks.guests()) {
      List<MatrixMdev> linked = new ArrayList<>();
      matrix.forEachMdev(
          mdev -> {
            if (linked.isEmpty() && mdev.isAssigned(queue.apqn())) {
              try (var _ = locks.guest(mdev.guest());
                  var _ = locks.mdevs()) {
                matrix.add(queue);
                mdev.queueAdded(queue);
              }
              linked.add(mdev);
            }
          });
      if (linked.isEmpty()) {
        try (var _ = locks.mdevs()) {
          matrix.add(queue);
        }
      }
    }
    return List.of(AttributeGroup.of("", Attribute.readOnly("status", () -> status(queue))));
  }

  @Override
  public void remove(ApQueue hardware) {
    try (var _ = locks.guests()) {
      MatrixQueue queue = bound(hardware.apqn());
      if (queue == null) {
        return;
      }
      MatrixMdev owner = queue.owner();
      try (var _ = locks.guest(owner == null ? null : owner.guest());
          var _ = locks.mdevs()) {
        matrix.remove(queue);
        if (owner != null) {
          owner.queueRemoved(queue);
        }
        queue.reset(matrix.clock());
        queue.owner(null);
      }
    }
  }

  private @Nullable MatrixQueue bound(Apqn apqn) {
    try (var _ = locks.mdevs()) {
      return matrix.queue(apqn);
    }
  }

  private String status(MatrixQueue queue) {
    try (var _ = locks.guests();
        var _ = locks.mdevs()) {
      MatrixMdev owner = queue.owner();
      if (owner == null) {
        return "unassigned";
      }
      return owner.isUsedByGuest(queue.apqn()) ? "in use" : "assigned";
    }
  }

  @Override
  public boolean inUse(ApMatrix reserved) {
    List<Apqn> used = new ArrayList<>();
    try (var _ = locks.guests();
        var _ = locks.mdevs()) {
      matrix.forEachMdev(
          mdev -> {
            for (Apqn apqn : mdev.assigned().and(reserved).queues()) {
              log.warn("{}: queue {} is assigned to it", mdev.name(), apqn);
              used.add(apqn);
            }
          });
    }
    return !used.isEmpty();
  }

  @Override
  public void configChanged(QciInfo now, QciInfo before) {
    try (var _ = locks.guests()) {
      ApMatrix removed = before.matrix().minus(now.matrix());
      ApMatrix added = withoutOldCards(now.matrix().minus(before.matrix()));
      try (var _ = locks.mdevs()) {
        matrix.qci(now);
      }
      matrix.forEachMdev(
          mdev -> {
            try (var _ = locks.guest(mdev.guest());
                var _ = locks.mdevs()) {
              mdev.hostGained(added);
              mdev.hostLost(removed);
            }
          });
    }
  }

  @Override
  public void scanComplete(QciInfo now, QciInfo before) {
    try (var _ = locks.guests()) {
      matrix.forEachMdev(
          mdev -> {
            try (var _ = locks.guest(mdev.guest());
                var _ = locks.mdevs()) {
              mdev.scanComplete();
            }
          });
    }
  }

  /**
   * Leaves out adapters that are too old for this driver, as far as their added domains tell. If
   * only adapters were added none of them is asked; their queues decide later.
   */
  private ApMatrix withoutOldCards(ApMatrix added) {
    ApMask adapters = added.apm();
    if (!added.aqm().isEmpty()) {
      for (int adapter : added.apm().numbers()) {
        boolean young =
            added.aqm().numbers().stream()
                .map(domain -> ap.tapq(new Apqn(adapter, domain)))
                .anyMatch(tested -> tested.type() >= OLDEST_TYPE);
        adapters = young ? adapters : adapters.without(adapter);
      }
    }
    return added.withAdapters(adapters);
  }
}
