package org.mdev4j.driver.ccw;

import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
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
 * where the callbacks of its subchannel look. A device has a work queue of its own, because what
 * the work does may wait for the memory of the device's user. All else that a device holds it
 * acquires when it is opened, and has given back when it is closed.
 */
final class CcwMdevDriver implements MdevDriver {
  private final Subchannels subchannels;
  private final ModuleContext context;
  private final HostServices host;

  CcwMdevDriver(Subchannels subchannels, ModuleContext context) {
    this.subchannels = subchannels;
    this.context = context;
    host = new HostServices(context.memory(), context.clock(), context.tracing());
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
    WorkQueue work = context.workQueue(parent.subchannel().id().busId(), scope);
    CcwDevice device = new CcwDevice(parent.subchannel(), host, work);
    return MdevModel.of(device).publishedIn(parent.device(), device);
  }
}
