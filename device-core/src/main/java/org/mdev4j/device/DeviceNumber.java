package org.mdev4j.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The number of a character device and the node that it gets below {@code /dev}.
 *
 * @param major major number
 * @param minor minor number
 * @param node path of the node below {@code /dev}, for example {@code vfio/0}
 * @param mode permissions of the node
 */
public record DeviceNumber(int major, int minor, String node, int mode) {
  /** The mode of a node whose class says nothing of it; only other modes are announced. */
  public static final int DEFAULT_MODE = 0600;

  /** {@code MAJOR:MINOR}, as the {@code dev} attribute shows it. */
  public String text() {
    return major + ":" + minor;
  }

  List<String> environment() {
    List<String> env = new ArrayList<>();
    env.add("MAJOR=" + major);
    env.add("MINOR=" + minor);
    env.add("DEVNAME=" + node);
    if (mode != DEFAULT_MODE) {
      env.add(String.format(Locale.ROOT, "DEVMODE=%#o", mode));
    }
    return env;
  }
}
