package org.mdev4j.driver.ap;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.driver.ap.bus.MatrixDevice;
import org.mdev4j.driver.ap.matrix.MatrixAttributes;
import org.mdev4j.driver.ap.matrix.MatrixMdev;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/**
 * Makes a matrix device, empty at first, for each mediated device.
 *
 * @param matrix the parent
 */
record MatrixMdevDriver(MatrixDevice matrix) implements MdevDriver {
  @Override
  public String name() {
    return "vfio_ap_mdev";
  }

  @Override
  public DeviceApi deviceApi() {
    return DeviceApi.AP;
  }

  @Override
  public boolean removableInUse() {
    return !matrix.settings().refusesRemovalInUse();
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    MatrixMdev model = new MatrixMdev(mdev.name(), matrix);
    scope.onClose(model::release);
    return MdevModel.of(model).withAttributes("", MatrixAttributes.of(model, matrix.settings()));
  }
}
