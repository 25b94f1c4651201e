// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css.hardware;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.lifetime.Scope;

/** The channel subsystem of one machine, as the host that runs on it reaches it. Thread-safe. */
public interface ChannelHardware {
  /**
   * A channel path of the machine.
   *
   * @param chpid its id, 0 to 255
   * @param type its type
   */
  record Path(int chpid, int type) {}

  /** Reports to {@code listener} from now on, until {@code scope} is closed. */
  void attach(Scope scope, HardwareListener listener);

  /** Returns the channel paths, in the order in which the host shows them. */
  List<Path> paths();

  /** Returns whether the machine lets the devices behind a path use it. */
  boolean isConfigured(int chpid);

  /** Makes a path available to the devices behind it or takes it away, and reports a change. */
  void configure(int chpid, boolean available);

  /** Returns the places that have a subchannel now. */
  List<SubchannelId> places();

  /** Returns the subchannel at a place, or null. */
  @Nullable HardwareSubchannel subchannel(SubchannelId id);

  /** Tells that the host has forgotten a subchannel, which it reaches no more. */
  void released(HardwareSubchannel subchannel);

  /** Blocks until the functions that are in progress have ended, or wait for something. */
  void settle();
}
