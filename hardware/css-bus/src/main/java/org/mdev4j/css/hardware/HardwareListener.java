// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css.hardware;

import java.util.List;
import org.mdev4j.css.Crw;
import org.mdev4j.css.SubchannelId;

/** What the hardware reports to the host. Called without a lock, by any thread; never blocks. */
public interface HardwareListener {
  /** Status became pending at a subchannel. */
  void statusPending(SubchannelId id);

  /** A machine check brought these channel reports, in this order. */
  void report(List<Crw> reports);

  /** The machine has a path more; told before the first subchannel behind it is reported. */
  void pathAdded(ChannelHardware.Path path);
}
