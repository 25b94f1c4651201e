package org.mdev4j.device.sysfs;

/** A character device below {@code /dev}: a name for a number; what opens is up to its owner. */
public final class SysfsDeviceNode extends SysfsNode {
  private final int major;
  private final int minor;

  public SysfsDeviceNode(String name, int mode, int major, int minor) {
    super(name, mode);
    this.major = major;
    this.minor = minor;
  }

  public int major() {
    return major;
  }

  public int minor() {
    return minor;
  }

  @Override
  void onRemoved() {}
}
