package org.mdev4j.vfio;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Where a hardware callback finds the device model that is current now. The bus device holds one; a
 * driver names it in what its probe returns, and VFIO publishes the model before the device can be
 * opened and clears it once it is unregistered.
 *
 * {@snippet :
 * try (var lease = current.tryGet()) {
 *   if (lease != null) {
 *     lease.get().interrupt(status);
 *   } // else nobody is there: the defined answer for that
 * }
 * }
 *
 * <h2>Thread safety</h2>
 *
 * The slot is one atomic reference. What {@link #tryGet} finds in it counts only if a reference to
 * its registration can be taken, so a callback is delivered into a registered device or not at all,
 * also in the moment between draining and clearing.
 *
 * @param <T> the device model, or the part of it that callbacks use
 */
public class Published<T> {
  private final AtomicReference<@Nullable Entry<T>> current = new AtomicReference<>();

  /** The model, as long as the lease is open; null if none is registered. */
  public @Nullable Lease<T> tryGet() {
    Entry<T> entry = current.get();
    return entry == null ? null : lease(entry.model, entry.uses);
  }

  /** Lends {@code model} if its registration, which {@code uses} counts, gives a reference. */
  @Nullable Lease<T> lease(T model, UseCount uses) {
    return uses.tryGet() ? new Lease<>(model, uses) : null;
  }

  void publish(T model, UseCount uses) {
    if (!current.compareAndSet(null, new Entry<>(model, uses))) {
      throw new ErrnoException(Errno.EBUSY, "another device is published here: " + current.get());
    }
  }

  /** Takes away what was published for the registration that {@code uses} counts. */
  @SuppressWarnings("ReferenceEquality") // another registration has another count
  void clear(UseCount uses) {
    Entry<T> entry = current.get();
    if (entry != null && entry.uses == uses) {
      current.compareAndSet(entry, null);
    }
  }

  private record Entry<T>(T model, UseCount uses) {}
}
