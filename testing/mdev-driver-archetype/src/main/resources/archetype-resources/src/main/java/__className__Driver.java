package ${package};

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/** Builds a device for each mediated device. It holds no state. */
final class ${className}Driver implements MdevDriver {
  @Override
  public String name() {
    return "${driver}";
  }

  @Override
  public DeviceApi deviceApi() {
    return DeviceApi.PLATFORM;
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    return MdevModel.of(new ${className}Device());
  }
}
