package org.mdev4j.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

/** Draws a directory of the tree with lines, as {@code tree} does, with the files' contents. */
final class TreePicture {
  /** Directories that are named but not entered: the same for every device, and long. */
  private static final Set<String> CLOSED = Set.of("power");

  private static final int PAGE = 4096;

  private TreePicture() {}

  static List<String> of(SysfsDirectory directory) {
    List<String> lines = new ArrayList<>();
    lines.add(directory.path());
    draw(directory, "", lines);
    return lines;
  }

  private static void draw(SysfsDirectory directory, String indent, List<String> lines) {
    List<SysfsNode> children = List.copyOf(directory.children());
    for (int i = 0; i < children.size(); i++) {
      boolean last = i == children.size() - 1;
      SysfsNode child = children.get(i);
      lines.add(indent + (last ? "`-- " : "|-- ") + describe(child));
      if (child instanceof SysfsDirectory inner && !CLOSED.contains(inner.name())) {
        draw(inner, indent + (last ? "    " : "|   "), lines);
      }
    }
  }

  private static String describe(SysfsNode node) {
    return switch (node) {
      case SysfsLink link -> link.name() + " -> " + link.text();
      case SysfsDirectory directory -> directory.name() + "/";
      case SysfsDeviceNode device ->
          device.name() + "  (" + device.major() + ":" + device.minor() + ")";
      case SysfsAttribute attribute -> attribute.name() + content(attribute);
    };
  }

  private static String content(SysfsAttribute attribute) {
    try (SysfsFile file = attribute.open(OpenMode.READ)) {
      String text = new String(file.read(0, PAGE), java.nio.charset.StandardCharsets.ISO_8859_1);
      return text.isEmpty() ? "" : "  = " + text.strip().replace("\n", ", ");
    } catch (ErrnoException refusal) {
      return "  (write only)";
    }
  }
}
