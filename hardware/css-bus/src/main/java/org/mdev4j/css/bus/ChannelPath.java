package org.mdev4j.css.bus;

import java.util.Locale;
import java.util.function.Consumer;
import org.mdev4j.css.hardware.ChannelHardware;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

/** A channel path on the bus: whether the administrator allows its use. */
final class ChannelPath {
  /** What the file states; others state a page. */
  private static final int UTIL_STRING_SIZE = 64;

  private final int chpid;
  private final int type;
  private volatile boolean online = true;
  private final ChannelHardware hardware;

  ChannelPath(int chpid, int type, ChannelHardware hardware) {
    this.chpid = chpid;
    this.type = type;
    this.hardware = hardware;
  }

  int chpid() {
    return chpid;
  }

  boolean isOnline() {
    return online;
  }

  /** True if that was a change. */
  synchronized boolean setOnline(boolean on) {
    boolean changed = online != on;
    online = on;
    return changed;
  }

  String name() {
    return String.format(Locale.ROOT, "chp0.%02x", chpid);
  }

  /**
   * Returns its files.
   *
   * @param vary called with what was written to {@code status}
   */
  AttributeGroup attributes(Consumer<Boolean> vary) {
    return AttributeGroup.of(
        "",
        Attribute.readWrite(
            "status", () -> online ? "online" : "offline", text -> vary.accept(isOn(text))),
        Attribute.readWrite(
            "configure",
            () -> hardware.isConfigured(chpid) ? 1 : 0,
            text -> hardware.configure(chpid, isOne(text.strip()))),
        Attribute.readOnly("type", () -> String.format(Locale.ROOT, "%x", type)),
        Attribute.readOnly("cmg", () -> "unknown"),
        Attribute.readOnly("shared", () -> "unknown"),
        Attribute.readOnly("chid", () -> ""),
        Attribute.readOnly("chid_external", () -> ""),
        Attribute.readOnly("esc", () -> "0"),
        new Attribute("util_string", 0444, () -> "", null, UTIL_STRING_SIZE));
  }

  private static boolean isOn(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.startsWith("on") || word.equals("1")) {
      return true;
    }
    if (word.startsWith("off") || word.equals("0")) {
      return false;
    }
    throw new ErrnoException(Errno.EINVAL, "status is 'online' or 'offline', not '" + word + "'");
  }

  private static boolean isOne(String word) {
    if (!word.equals("0") && !word.equals("1")) {
      throw new ErrnoException(Errno.EINVAL, "configure takes 0 or 1, not '" + word + "'");
    }
    return word.equals("1");
  }
}
