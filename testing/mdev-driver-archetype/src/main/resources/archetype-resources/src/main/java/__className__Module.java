package ${package};

import java.util.List;
import java.util.Set;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevType;

/** What {@code modprobe ${driver}} loads: one parent, which offers one type. */
public final class ${className}Module implements DriverModule {
  private static final int INSTANCES = 2;

  @Override
  public String name() {
    return "${driver}";
  }

  @Override
  public String description() {
    return "counts writes to a register";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  @Override
  public void load(ModuleContext context) {
    Mdev mdev = context.service(Mdev.class);
    DeviceClass itsClass = context.scope().own(context.devices().declareClass("${driver}"));
    ${className}Driver driver = new ${className}Driver();
    mdev.registerDriver(context, driver);
    Device parent =
        context.devices().add(DeviceSpec.named("${driver}").in(itsClass), context.scope());
    mdev.registerParent(
        context.scope(),
        parent,
        driver,
        InstanceLimit.perType(INSTANCES),
        List.of(MdevType.named("counter", "A counter")));
  }
}
