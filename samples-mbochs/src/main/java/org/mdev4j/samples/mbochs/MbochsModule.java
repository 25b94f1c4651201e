package org.mdev4j.samples.mbochs;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.Parameter;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;

/**
 * Module {@code mbochs} ({@code spec/samples.md} 3): one parent with so many megabytes of video
 * memory, which displays of three sizes share.
 */
public final class MbochsModule implements DriverModule {
  @Override
  public String name() {
    return "mbochs";
  }

  @Override
  public String description() {
    return "PCI displays as Bochs and QEMU have them";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.number("count", 256, "megabytes of video memory of all displays"));
  }

  @Override
  public void load(ModuleContext context) {
    Mdev mdev = context.service(Mdev.class);
    DeviceClass mbochs = context.scope().own(context.devices().declareClass("mbochs"));
    MbochsDriver driver = new MbochsDriver();
    mdev.registerDriver(context, driver);
    Device parent = context.devices().add(DeviceSpec.named("mbochs").in(mbochs), context.scope());
    mdev.registerParent(
        context.scope(),
        parent,
        driver,
        InstanceLimit.pool(context.parameters().number("count"), MemorySize.RESOURCE),
        Arrays.stream(MemorySize.values()).map(MemorySize::type).toList());
  }
}
