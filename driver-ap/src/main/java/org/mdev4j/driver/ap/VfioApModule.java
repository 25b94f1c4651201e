package org.mdev4j.driver.ap;

import java.util.List;
import java.util.Set;
import org.mdev4j.ap.ApBus;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.Parameter;
import org.mdev4j.device.host.Parameters;
import org.mdev4j.driver.ap.bus.MatrixDevice;
import org.mdev4j.driver.ap.matrix.Settings;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevType;

/**
 * Module {@code vfio_ap} ({@code spec/ap.md}): takes the queues that apmask and aqmask leave, and
 * offers one type of mediated device, to which an administrator assigns adapters and domains.
 */
public final class VfioApModule implements DriverModule {
  /** 256 adapters times 256 domains: there can't be more devices with a queue each. */
  static final int INSTANCES = 256 * 256;

  @Override
  public String name() {
    return "vfio_ap";
  }

  @Override
  public String description() {
    return "AP crypto queues for guests";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  /** The kernel's module has none, so the tree shows none. */
  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.number("max_instances", INSTANCES, "how many devices there can be").hidden(),
        Parameter.flag(
                "static_assignment", false, "as in Linux 5.15: no change while a guest uses it")
            .hidden(),
        Parameter.flag("refilter", true, "unassign and loss let complete adapters return").hidden(),
        Parameter.flag(
                "request_irq", false, "an interrupt asks the user to let go, as in later kernels")
            .hidden(),
        Parameter.flag(
                "remove_busy", false, "removal of a device in use is EBUSY, as up to Linux 5.14")
            .hidden());
  }

  /**
   * @throws ErrnoException {@code ENODEV} on a machine without AP instructions
   */
  @Override
  public void load(ModuleContext context) {
    if (!context.machine().hardware().containsKey(ApBus.HARDWARE)) {
      throw new ErrnoException(
          Errno.ENODEV,
          "machine "
              + context.machine().name()
              + " has no AP instructions; machine ap-example has");
    }
    MatrixDevice matrix =
        MatrixDevice.register(
            context, context.service(ApBus.class), settings(context.parameters()));
    Mdev mdev = context.service(Mdev.class);
    MatrixMdevDriver driver = new MatrixMdevDriver(matrix);
    mdev.registerDriver(context, driver);
    matrix.parent(
        mdev.registerParent(
            context.scope(),
            matrix.device(),
            driver,
            InstanceLimit.perType(context.parameters().number("max_instances")),
            List.of(MdevType.named("passthrough", "VFIO AP Passthrough Device"))));
  }

  private static Settings settings(Parameters parameters) {
    return new Settings(
        parameters.flag("static_assignment"),
        parameters.flag("refilter"),
        parameters.flag("request_irq"),
        parameters.flag("remove_busy"));
  }
}
