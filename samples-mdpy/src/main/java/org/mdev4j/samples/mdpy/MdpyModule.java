package org.mdev4j.samples.mdpy;

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
 * Module {@code mdpy} ({@code spec/samples.md} 2): one parent with displays of three sizes, so many
 * of each, or so many of all.
 */
public final class MdpyModule implements DriverModule {
  @Override
  public String name() {
    return "mdpy";
  }

  @Override
  public String description() {
    return "PCI displays with a plain framebuffer";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.number("count", 4, "how many displays there can be"),
        // Linux 6.1 knows no such parameter, so the tree does not show it.
        Parameter.flag("shared", false, "count all types together, as Linux 6.1 does, not each")
            .hidden());
  }

  @Override
  public void load(ModuleContext context) {
    Mdev mdev = context.service(Mdev.class);
    DeviceClass mdpy = context.scope().own(context.devices().declareClass("mdpy"));
    MdpyDriver driver = new MdpyDriver();
    mdev.registerDriver(context, driver);
    Device parent = context.devices().add(DeviceSpec.named("mdpy").in(mdpy), context.scope());
    int count = context.parameters().number("count");
    mdev.registerParent(
        context.scope(),
        parent,
        driver,
        context.parameters().flag("shared")
            ? InstanceLimit.perParent(count)
            : InstanceLimit.perType(count),
        Arrays.stream(Resolution.values()).map(Resolution::type).toList());
  }
}
