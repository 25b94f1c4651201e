package org.mdev4j.css;

import java.util.List;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * A driver of subchannels, registered with {@link ChannelSubsystem#registerDriver}.
 *
 * <p>{@link #probe}, {@link #bound} and {@link #remove} are called under the device lock, the
 * others as each says. From before {@code probe} until after {@code remove} the others may be
 * called at any time.
 */
public interface CssDriver {
  /** Its name on the css bus. */
  String name();

  /** Whether it drives subchannels of that type; a {@code driver_override} narrows it further. */
  default boolean matches(int subchannelType) {
    return subchannelType == 0;
  }

  /**
   * Takes a subchannel. Its path masks are up to date, concurrent sense will be asked for when it
   * is enabled; it is not enabled or disabled by this.
   *
   * @return attributes that the device has while it is bound
   * @throws org.mdev4j.device.errno.ErrnoException to refuse
   */
  List<AttributeGroup> probe(Subchannel subchannel, Scope scope);

  /** The subchannel is bound and that was announced. Called under the device lock. */
  default void bound(Subchannel subchannel) {}

  /** Lets a subchannel go; may block until its users have. */
  default void remove(Subchannel subchannel) {}

  /** The machine goes down. */
  default void shutdown(Subchannel subchannel) {}

  /** Status was pending and TEST SUBCHANNEL has taken it. Called under the subchannel lock. */
  void interrupt(Subchannel subchannel, Irb irb);

  /**
   * A machine check concerned the subchannel: it may be gone, or back. Called without a lock.
   *
   * @return false to be asked again later
   */
  default boolean event(Subchannel subchannel) {
    return true;
  }

  /**
   * Something happened to a channel path; it may be none of this subchannel's. Called under the
   * subchannel lock.
   *
   * @throws org.mdev4j.device.errno.ErrnoException if the subchannel is gone; it is looked at again
   */
  default void pathEvent(Subchannel subchannel, int chpid, PathEvent event) {}
}
