package org.mdev4j.sim.css.machine;

import org.jspecify.annotations.Nullable;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.css.Console;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.sim.css.channel.CcwDevice;
import org.mdev4j.sim.css.channel.SubchannelHardware;

/**
 * A subchannel of the machine with what is behind it, whether or not the host knows it yet.
 *
 * @param number device number
 * @param device what is behind it, or null for a subchannel without a device
 * @param hardware the subchannel
 * @param queue performs its functions
 */
record PluggedDevice(
    int number, @Nullable CcwDevice device, SubchannelHardware hardware, WorkQueue queue)
    implements SimulatedDevice {
  @Override
  public SubchannelId subchannel() {
    return hardware.id();
  }

  @Override
  public @Nullable Console console() {
    return device instanceof Console console ? console : null;
  }

  @Override
  public void hold(HoldPoint point) {
    hardware.hold(point);
  }

  @Override
  public void release() {
    hardware.release();
  }

  @Override
  public void present(int status) {
    hardware.unsolicited(status);
  }
}
