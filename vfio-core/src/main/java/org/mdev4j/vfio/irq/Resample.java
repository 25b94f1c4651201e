package org.mdev4j.vfio.irq;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;

/**
 * An eventfd by whose signals the user unmasks the pin ({@code spec/vfio.md} 4.6). Begun and ended
 * under the monitor of {@link Interrupts}.
 */
final class Resample {
  private final Trigger trigger;
  private final Consumer<Resample> unmask;
  private @Nullable AutoCloseable listening;

  /**
   * @param unmask called for each signal; a call may still come after {@link #end}
   */
  Resample(Trigger trigger, Consumer<Resample> unmask) {
    this.trigger = trigger;
    this.unmask = unmask;
  }

  /**
   * Begins to unmask.
   *
   * @throws ErrnoException {@code EINVAL} if the eventfd can't be listened to
   */
  void begin() {
    listening = trigger.listen(() -> unmask.accept(this));
  }

  void end() {
    try {
      if (listening != null) {
        listening.close();
      }
    } catch (Exception failure) {
      throw ErrnoException.of(failure, "ending the listening to an eventfd");
    } finally {
      trigger.release();
    }
  }
}
