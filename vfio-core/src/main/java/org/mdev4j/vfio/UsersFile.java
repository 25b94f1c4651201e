package org.mdev4j.vfio;

import java.util.Collection;
import java.util.stream.Collectors;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * {@code /sys/kernel/debug/vfio/users}: a line {@code DEVICE USER} for each use of an open device,
 * and one for the callbacks that refer to a device while its unregistering waits ({@code
 * spec/vfio.md} 1.3). It lies where a kernel has its debugfs, which tools do not rely on.
 */
final class UsersFile {
  private static final String DEBUG = "kernel/debug";
  private static final String DIRECTORY = "vfio";
  private static final String NAME = "users";
  private static final int MODE = 0444;

  private UsersFile() {}

  /** Adds the file until {@code scope} is closed. */
  static void add(SysfsDirectory sys, Collection<VfioRegistration> devices, Scope scope) {
    SysfsDirectory debug = SysfsTree.makeDirectories(sys, DEBUG);
    SysfsDirectory directory = debug.addDirectory(DIRECTORY);
    scope.onClose(() -> debug.remove(directory));
    directory.addAttribute(new Attribute(NAME, MODE, () -> show(devices), null));
  }

  private static String show(Collection<VfioRegistration> devices) {
    return devices.stream()
        .flatMap(device -> device.holders().stream().map(user -> device.name() + " " + user + "\n"))
        .sorted()
        .collect(Collectors.joining());
  }
}
