package org.mdev4j.replay.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * What {@code ls} and {@code tree} write down of a directory: every entry down to a depth, links
 * not followed, sorted bytewise at each level, a directory before what is in it.
 */
public final class Listing {
  /** The size that every attribute states. */
  private static final int ATTRIBUTE_SIZE = 4096;

  private static final String POWER = "power";

  private final ArrayNode entries = Answers.array();
  private final boolean withData;

  private Listing(boolean withData) {
    this.withData = withData;
  }

  /**
   * Lists {@code directory}.
   *
   * @param depth 1 for the directory's own entries
   * @param withData whether files that are readable by their mode are read
   */
  public static ArrayNode of(SysfsDirectory directory, int depth, boolean withData) {
    Listing listing = new Listing(withData);
    listing.add(directory, "", depth);
    return listing.entries;
  }

  private void add(SysfsDirectory directory, String prefix, int depth) {
    for (SysfsNode node : directory.children()) {
      String path = prefix + node.name();
      ObjectNode entry = entries.addObject().put("p", path);
      switch (node) {
        case SysfsDirectory below -> {
          entry.put("t", "d").put("mode", mode(below));
          if (depth > 1 && !below.name().equals(POWER)) {
            add(below, path + "/", depth - 1);
          }
        }
        case SysfsLink link -> entry.put("t", "l").put("link", link.text());
        case SysfsAttribute attribute -> {
          entry.put("t", "f").put("mode", mode(attribute)).put("uid", 0);
          entry.put("size", ATTRIBUTE_SIZE);
          if (withData && (attribute.mode() & 0444) != 0) {
            read(attribute, entry);
          }
        }
        case SysfsDeviceNode device ->
            entry.put("t", "c").put("mode", mode(device)).put("uid", 0).put("gid", 0);
      }
    }
  }

  private static void read(SysfsAttribute attribute, ObjectNode entry) {
    try (SysfsFile file = attribute.open(OpenMode.READ)) {
      entry.put("data", new String(file.read(0, ATTRIBUTE_SIZE), ISO_8859_1));
    } catch (ErrnoException refusal) {
      entry.put("read_errno", refusal.errno().name());
    }
  }

  private static String mode(SysfsNode node) {
    return String.format(Locale.ROOT, "%04o", node.mode());
  }
}
