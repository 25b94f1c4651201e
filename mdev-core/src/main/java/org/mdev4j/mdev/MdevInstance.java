package org.mdev4j.mdev;

import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;
import org.mdev4j.vfio.VfioRegistration;

/**
 * One mediated device, from the moment its UUID is listed to its release.
 *
 * <pre>
 *   CREATING --created--> ACTIVE --first accepted remove--> REMOVING --> released
 *       |                                                      ^
 *       +-- create failed: released    parent unregistered ----+ (from any state)
 * </pre>
 *
 * <p>{@code state} is guarded by the monitor of {@link InstanceRegistry}. The device is set once,
 * while the state is CREATING; whoever finds the instance in the tree before that can't remove it.
 */
final class MdevInstance implements MdevDevice {
  enum State {
    CREATING,
    ACTIVE,
    REMOVING
  }

  private final UUID uuid;
  private final RegisteredParent parent;
  private final RegisteredType type;
  private final long order;
  private final CountDownLatch removed = new CountDownLatch(1);
  private State state = State.CREATING;
  private volatile @Nullable Device device;
  private volatile @Nullable VfioRegistration registration;

  MdevInstance(UUID uuid, RegisteredParent parent, RegisteredType type) {
    this.uuid = uuid;
    this.parent = parent;
    this.type = type;
    this.order = parent.nextOrder();
  }

  @Override
  public UUID uuid() {
    return uuid;
  }

  @Override
  public MdevType type() {
    return type.declared();
  }

  @Override
  public Device parent() {
    return parent.device();
  }

  /** Its number in the order of creation among its parent's devices. */
  long order() {
    return order;
  }

  RegisteredParent registeredParent() {
    return parent;
  }

  RegisteredType registeredType() {
    return type;
  }

  State state() {
    return state;
  }

  void state(State changed) {
    state = changed;
  }

  @Nullable Device device() {
    return device;
  }

  void device(Device added) {
    device = added;
  }

  /** The registration of its VFIO device, until it is unregistered; null otherwise. */
  @Nullable VfioRegistration registration() {
    return registration;
  }

  void registration(@Nullable VfioRegistration changed) {
    registration = changed;
  }

  void becomeRemoved() {
    removed.countDown();
  }

  /** Waits until the removal that is under way is complete; an interrupt is kept for the caller. */
  void awaitRemoved() {
    boolean interrupted = false;
    while (true) {
      try {
        removed.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "mdev " + name();
  }
}
