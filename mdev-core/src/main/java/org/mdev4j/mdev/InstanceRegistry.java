package org.mdev4j.mdev;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The UUIDs of all mediated devices of a host, from insertion to release.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor (the kernel's list lock) makes one step of "UUID listed" and "instance taken", and
 * likewise of both ends, so for every counted scope with limit N, counter + listed devices = N
 * whenever the monitor is free. It also guards every {@link MdevInstance}'s state. It is a leaf: no
 * callback, no change of the tree and no I/O under it. Look-ups take no lock.
 */
class InstanceRegistry {
  private final ConcurrentMap<UUID, MdevInstance> instances = new ConcurrentHashMap<>();

  /**
   * Lists {@code instance} and takes its place in a counted limit.
   *
   * @throws ErrnoException {@code EEXIST} if the UUID is listed, whatever is left; then {@code
   *     EUSERS}
   */
  synchronized void insert(MdevInstance instance) {
    checkUnlisted(instance);
    list(instance);
  }

  void checkUnlisted(MdevInstance instance) {
    if (instances.containsKey(instance.uuid())) {
      throw new ErrnoException(
          Errno.EEXIST, "there is a mediated device " + instance.name() + " already");
    }
  }

  synchronized void list(MdevInstance instance) {
    instance.registeredParent().account().take(instance.type());
    instances.put(instance.uuid(), instance);
  }

  /** Unlists {@code instance} and gives its place back. */
  synchronized void release(MdevInstance instance) {
    if (instances.remove(instance.uuid(), instance)) {
      instance.registeredParent().account().giveBack(instance.type());
    }
  }

  synchronized long available(InstanceAccount account, MdevType type) {
    return account.available(type);
  }

  @Nullable MdevInstance find(UUID uuid) {
    return instances.get(uuid);
  }

  int size() {
    return instances.size();
  }

  /** The creation of {@code instance} is complete: it can be removed. */
  synchronized void activate(MdevInstance instance) {
    instance.state(MdevInstance.State.ACTIVE);
  }

  /** Whether {@code instance} was created and nobody has claimed its removal. */
  synchronized boolean isActive(MdevInstance instance) {
    return instance.state() == MdevInstance.State.ACTIVE;
  }

  /**
   * Claims the removal of {@code instance}: returns the state in which it was found, and an active
   * one is this caller's to remove.
   */
  synchronized MdevInstance.State claimRemoval(MdevInstance instance) {
    MdevInstance.State found = instance.state();
    if (found == MdevInstance.State.ACTIVE) {
      instance.state(MdevInstance.State.REMOVING);
    }
    return found;
  }
}
