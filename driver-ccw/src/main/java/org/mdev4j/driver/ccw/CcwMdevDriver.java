package org.mdev4j.driver.ccw;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.driver.ccw.bus.SubchannelParent;
import org.mdev4j.driver.ccw.bus.Subchannels;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.mdev4j.driver.ccw.device.HostServices;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/**
 * Driver {@code vfio_ccw_mdev}: builds the device model of a mediated device, which is published
 * where the callbacks of its subchannel look. What a device holds it acquires when it is open and
 * has given back when it is closed, so its scope stays empty.
 */
final class CcwMdevDriver implements MdevDriver {
  private final Subchannels subchannels;
  private final HostServices host;

  CcwMdevDriver(Subchannels subchannels, HostServices host) {
    this.subchannels = subchannels;
    this.host = host;
  }

  @Override
  public String name() {
    return "vfio_ccw_mdev";
  }

  @Override
  public DeviceApi deviceApi() {
    return DeviceApi.CCW;
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    SubchannelParent parent = subchannels.parent(mdev.parent());
    CcwDevice device = new CcwDevice(parent.subchannel(), host);
    return MdevModel.of(device).publishedIn(parent.device(), device);
  }
}
