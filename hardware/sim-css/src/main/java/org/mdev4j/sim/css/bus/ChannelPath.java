package org.mdev4j.sim.css.bus;

import java.util.Locale;
import java.util.function.BiConsumer;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

/** A channel path: whether the administrator allows it and whether the hardware has it. */
final class ChannelPath {
  /** What the file states; others state a page. */
  private static final int UTIL_STRING_SIZE = 64;

  private final int chpid;
  private final int type;
  private volatile boolean online = true;
  private volatile boolean configured = true;

  ChannelPath(int chpid, int type) {
    this.chpid = chpid;
    this.type = type;
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

  boolean isConfigured() {
    return configured;
  }

  /** True if that was a change. */
  synchronized boolean setConfigured(boolean available) {
    boolean changed = configured != available;
    configured = available;
    return changed;
  }

  String name() {
    return String.format(Locale.ROOT, "chp0.%02x", chpid);
  }

  AttributeGroup attributes(
      BiConsumer<ChannelPath, Boolean> vary, BiConsumer<ChannelPath, Boolean> configure) {
    return AttributeGroup.of(
        "",
        Attribute.readWrite(
            "status", () -> online ? "online" : "offline", text -> vary.accept(this, isOn(text))),
        Attribute.readWrite(
            "configure",
            () -> configured ? 1 : 0,
            text -> configure.accept(this, isOne(text.strip()))),
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
