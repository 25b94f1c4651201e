package org.mdev4j.replay.vfio;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;

/**
 * A program that uses {@code /dev/vfio} of a host. Every call may refuse with an {@link
 * org.mdev4j.device.errno.ErrnoException}.
 *
 * <p>Thread-safe.
 */
public final class VfioUser {
  private static final String DEVICES = "/sys/bus/mdev/devices/";
  private static final String NODES = "/dev/vfio/";
  private static final int TYPE1_V2 = 3;

  private final Host host;
  private final String name;

  /**
   * @param name the program's name, for those who wonder who uses a device
   */
  public VfioUser(Host host, String name) {
    this.host = host;
    this.name = name;
  }

  /**
   * What it takes to use a device.
   *
   * @param container {@code /dev/vfio/vfio}, with the group in it and an IOMMU of type 1 version 2
   * @param group {@code /dev/vfio/N}
   * @param device the device's own file
   */
  public record Opened(Container container, GroupFile group, DeviceFile device) {}

  /** Opens a device with all that leads to it; what was opened on the way is closed if it fails. */
  public Opened open(String uuid) {
    Container container = openContainer();
    try {
      GroupFile group = openGroup(uuid);
      try {
        group.setContainer(container);
        container.setIommu(TYPE1_V2);
        return new Opened(container, group, group.openDevice(uuid));
      } catch (RuntimeException failure) {
        group.close();
        throw failure;
      }
    } catch (RuntimeException failure) {
      container.close();
      throw failure;
    }
  }

  /** Opens {@code /dev/vfio/vfio}. */
  public Container openContainer() {
    var _ = host.tree().resolve(NODES + "vfio");
    return host.service(Vfio.class).openContainer(name);
  }

  /** Opens the group of a device, found through the device's {@code iommu_group} link. */
  public GroupFile openGroup(String uuid) {
    SysfsNode group = host.tree().resolve(DEVICES + uuid + "/iommu_group");
    return openGroup(Integer.parseInt(group.name()));
  }

  /** Opens {@code /dev/vfio/NUMBER}. */
  public GroupFile openGroup(int number) {
    var _ = host.tree().resolve(NODES + number);
    return host.service(Vfio.class).openGroup(number, name);
  }

  /** Reads from a device at a position; as many bytes as it gave. */
  public static byte[] pread(DeviceFile device, long position, int size) {
    byte[] data = new byte[size];
    long read = device.read(position, MemorySegment.ofArray(data));
    return Arrays.copyOf(data, Math.toIntExact(read));
  }
}
