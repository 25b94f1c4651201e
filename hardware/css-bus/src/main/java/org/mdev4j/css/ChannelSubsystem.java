package org.mdev4j.css;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Bus;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.lifetime.Scope;

/**
 * The channel subsystem of a host whose machine has one: the service that drivers of subchannels
 * find it by. Thread-safe.
 */
public interface ChannelSubsystem {
  /** The name under which a machine's hardware describes its channel subsystem. */
  String HARDWARE = "css";

  /** The css bus. */
  Bus bus();

  /**
   * Registers a driver, which goes when the module is unloaded.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EBUSY} if the name is taken
   */
  void registerDriver(ModuleContext module, CssDriver driver);

  /**
   * Lets interrupts of a subclass through until {@code scope} is closed; 3 always gets through.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL} if it is not 0 to 7
   */
  void registerIsc(Scope scope, int isc);

  /** The subchannels that are on the bus, by number. */
  List<Subchannel> subchannels();

  /** The subchannel of that name on the bus, or null. */
  @Nullable Subchannel subchannel(SubchannelId id);

  /** Reports to the host as if the machine had made these, in this order. */
  void inject(Crw... reports);

  /**
   * Allows or forbids the use of a path, as writing to its {@code status} does.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such path
   */
  void varyPath(int chpid, boolean on);

  /** Waits until the channels, interrupts and machine checks that are on their way have arrived. */
  void settle();
}
