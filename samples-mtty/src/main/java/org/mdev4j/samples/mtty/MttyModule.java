package org.mdev4j.samples.mtty;

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
import org.mdev4j.mdev.MdevType;

/**
 * Module {@code mtty} ({@code spec/samples.md} 1): one parent with 24 serial ports, which cards
 * with one or two ports share.
 */
public final class MttyModule implements DriverModule {
  /** What the types take from the pool. */
  static final String RESOURCE = "ports";

  private static final int PORTS = 24;

  @Override
  public String name() {
    return "mtty";
  }

  @Override
  public String description() {
    return "PCI serial cards with one or two ports";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        // The kernel's module has no parameters, so the tree shows none.
        Parameter.text(
                "backend",
                Backend.LOOPBACK.text(),
                "what ports are connected to: " + Backend.names())
            .hidden());
  }

  @Override
  public void load(ModuleContext context) {
    Mdev mdev = context.service(Mdev.class);
    DeviceClass mtty = context.scope().own(context.devices().declareClass("mtty"));
    MttyDriver driver =
        new MttyDriver(Backend.named(context.parameters().text("backend")), context.clock());
    mdev.registerDriver(context, driver);
    Device parent = context.devices().add(DeviceSpec.named("mtty").in(mtty), context.scope());
    mdev.registerParent(
        context.scope(),
        parent,
        driver,
        InstanceLimit.pool(PORTS, RESOURCE),
        List.of(
            MdevType.named("1", "Single port serial").costing(1, RESOURCE),
            MdevType.named("2", "Dual port serial").costing(2, RESOURCE)));
  }
}
