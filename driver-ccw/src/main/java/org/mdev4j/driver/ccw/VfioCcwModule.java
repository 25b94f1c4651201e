package org.mdev4j.driver.ccw;

import java.util.Set;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.driver.ccw.bus.SubchannelDriver;
import org.mdev4j.driver.ccw.bus.Subchannels;
import org.mdev4j.mdev.Mdev;

/**
 * Module {@code vfio_ccw} ({@code spec/ccw.md}): passes I/O subchannels on to users. It needs a
 * machine with a channel subsystem.
 *
 * <p>The driver of mediated devices is registered before that of subchannels, which may be given
 * some at once, and so it goes after it.
 */
public final class VfioCcwModule implements DriverModule {
  /** Interruption subclass of the subchannels. */
  private static final int ISC = 3;

  @Override
  public String name() {
    return SubchannelDriver.NAME;
  }

  @Override
  public String description() {
    return "I/O subchannels of a channel subsystem";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  @Override
  public void load(ModuleContext context) {
    if (!context.machine().hardware().containsKey(ChannelSubsystem.HARDWARE)) {
      throw new ErrnoException(
          Errno.ENODEV, "machine " + context.machine().name() + " has no channel subsystem");
    }
    ChannelSubsystem css = context.service(ChannelSubsystem.class);
    Mdev mdev = context.service(Mdev.class);
    Subchannels subchannels = new Subchannels();
    CcwMdevDriver devices = new CcwMdevDriver(subchannels, context);
    mdev.registerDriver(context, devices);
    css.registerIsc(context.scope(), ISC);
    css.registerDriver(context, new SubchannelDriver(mdev, devices, subchannels));
  }
}
