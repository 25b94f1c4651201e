package org.mdev4j.driver.ap.matrix;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assigning adapters and domains to a device, and taking them back ({@code spec/ap.md} 5.2, 14).
 *
 * <p>No queue is ever assigned to two devices, nor one that is reserved for default drivers: the
 * permission lock and the lock for guests are held from the check until the assignment is changed.
 * Control domains are nobody's own.
 *
 * @param mdev the device
 */
record Assignment(MatrixMdev mdev) {
  private static final Logger log = LoggerFactory.getLogger(Assignment.class);

  /**
   * Carries out a write to {@code assign_adapter}, {@code assign_domain} or {@code
   * assign_control_domain}.
   *
   * @throws ErrnoException {@code EINVAL}, {@code ERANGE}, {@code ENODEV} for the number; {@code
   *     EADDRNOTAVAIL} if a queue would be reserved, {@code EADDRINUSE} if one is another device's;
   *     with static assignment {@code EBUSY} while a guest uses it. Nothing has changed then
   */
  void assign(Dimension what, String text) {
    assign(what, () -> number(what, text));
  }

  /** The same, with a number that is looked at once it may be. */
  void assign(Dimension what, IntSupplier wanted) {
    change(
        what != Dimension.CONTROL_DOMAIN,
        () -> {
          int number = wanted.getAsInt();
          ApMask mask = what.of(mdev.assigned());
          if (mask.has(number)) {
            return;
          }
          ApMatrix changed = what.with(mdev.assigned(), mask.with(number));
          if (what != Dimension.CONTROL_DOMAIN) {
            checkExclusive(changed);
            checkBound(what, number, changed);
          }
          plug(changed, what);
        });
  }

  /**
   * Carries out a write to {@code unassign_adapter}, {@code unassign_domain} or {@code
   * unassign_control_domain}. See {@link #assign} for the number.
   */
  void unassign(Dimension what, String text) {
    unassign(what, () -> number(what, text));
  }

  /** The same, with a number that is looked at once it may be. */
  void unassign(Dimension what, IntSupplier wanted) {
    change(
        false,
        () -> {
          int number = wanted.getAsInt();
          ApMask mask = what.of(mdev.assigned());
          if (mask.has(number)) {
            boolean refilters = what != Dimension.CONTROL_DOMAIN && host().settings().refilter();
            unplug(what.with(mdev.assigned(), mask.without(number)), refilters);
          }
        });
  }

  /**
   * Carries out a write to {@code ap_config}: replaces all three masks, or nothing.
   *
   * @throws ErrnoException {@code EINVAL} for anything but three masks; then as {@link #assign},
   *     with {@code ENODEV} for a number above the maximum last
   */
  void replace(String text) {
    change(
        true,
        () -> {
          ApMatrix wanted = MatrixText.parse(text);
          checkExclusive(wanted);
          checkMaxima(wanted);
          unplug(mdev.assigned().and(wanted), false);
          ApMatrix before = mdev.guestMatrix();
          mdev.assign(wanted);
          mdev.link();
          mdev.filterQueues();
          mdev.filterControlDomains();
          mdev.loadIfChanged(before);
        });
  }

  private void change(boolean byPermission, Runnable change) {
    MatrixLocks locks = host().locks();
    try (var _ = byPermission ? locks.permission() : MatrixLocks.none();
        var _ = locks.guests();
        var _ = locks.guest(mdev.guest());
        var _ = locks.mdevs()) {
      if (host().settings().staticAssignment() && mdev.guest() != null) {
        throw new ErrnoException(Errno.EBUSY, mdev.name() + " is in use by a guest");
      }
      change.run();
    }
  }

  private void plug(ApMatrix changed, Dimension what) {
    ApMatrix before = mdev.guestMatrix();
    mdev.assign(changed);
    if (what == Dimension.CONTROL_DOMAIN) {
      mdev.filterControlDomains();
    } else {
      mdev.link();
      mdev.filterQueues();
    }
    mdev.loadIfChanged(before);
  }

  /** Queues that the guest had are reset once it has them no more; then they are nobody's. */
  private void unplug(ApMatrix changed, boolean refilters) {
    ApMatrix before = mdev.guestMatrix();
    mdev.assign(changed);
    List<MatrixQueue> removed = mdev.unlink();
    mdev.forgetUnassigned();
    if (refilters) {
      mdev.refilter();
    }
    mdev.loadIfChanged(before);
    for (MatrixQueue queue : removed) {
      if (before.has(queue.apqn())) {
        queue.reset(host().clock());
      }
      queue.owner(null);
    }
  }

  private void checkExclusive(ApMatrix wanted) {
    if (wanted.shares(host().reserved())) {
      Apqn first = wanted.and(host().reserved()).queues().getFirst();
      throw new ErrnoException(
          Errno.EADDRNOTAVAIL,
          "queue " + first + " is reserved for default drivers by apmask and aqmask");
    }
    List<String> conflicts = new ArrayList<>();
    host()
        .forEachMdev(
            other -> {
              if (other != mdev) {
                for (Apqn apqn : wanted.and(other.assigned()).queues()) {
                  conflicts.add("queue " + apqn + " is assigned to " + other.name());
                }
              }
            });
    for (MatrixQueue queue : host().queues()) {
      MatrixMdev owner = queue.owner();
      if (conflicts.isEmpty() && owner != null && owner != mdev && wanted.has(queue.apqn())) {
        conflicts.add(queue + " is still being given back by " + owner.name());
      }
    }
    if (!conflicts.isEmpty()) {
      conflicts.forEach(conflict -> log.warn("{}: {}", mdev.name(), conflict));
      throw new ErrnoException(Errno.EADDRINUSE, conflicts.getFirst());
    }
  }

  /** With static assignment what is assigned has to be there. */
  private void checkBound(Dimension what, int number, ApMatrix wanted) {
    if (!host().settings().staticAssignment()) {
      return;
    }
    List<Apqn> bound = host().queues().stream().map(MatrixQueue::apqn).toList();
    boolean there =
        wanted.queues().isEmpty()
            ? bound.stream().anyMatch(apqn -> what.has(number, apqn))
            : bound.containsAll(wanted.queues());
    if (!there) {
      throw new ErrnoException(
          Errno.EADDRNOTAVAIL, "not all queues of " + what.text() + " " + number + " are bound");
    }
  }

  private void checkMaxima(ApMatrix wanted) {
    QciInfo host = host().qci();
    for (Dimension what : Dimension.values()) {
      ApMask beyond = what.of(wanted).minus(ApMask.first(what.max(host) + 1));
      if (!beyond.isEmpty()) {
        throw new ErrnoException(
            Errno.ENODEV,
            "the highest " + what.text() + " is " + what.max(host) + ", not " + beyond.numbers());
      }
    }
  }

  private int number(Dimension what, String text) {
    return NumberText.parse(text, what, what.max(host().qci()));
  }

  private MatrixHost host() {
    return mdev.host();
  }
}
