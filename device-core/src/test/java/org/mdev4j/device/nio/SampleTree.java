package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * A small tree, and what its callbacks saw.
 *
 * <pre>
 * /dev/vfio/0                 device node 511:3, mode 0600
 * /sys/class/box              link to /sys/devices/box
 * /sys/devices/box/           create, counter, empty, name, self, type
 * </pre>
 */
final class SampleTree {
  final SysfsTree tree = new SysfsTree();
  final FileSystem files = SysfsFileSystem.of(tree);
  final SysfsDirectory box = SysfsTree.makeDirectories(tree.sys(), "devices/box");

  /** What {@code type} and {@code create} were told, in order. */
  final List<String> stored = Collections.synchronizedList(new ArrayList<>());

  /** How often {@code counter} was shown; it shows this number. */
  final AtomicInteger shown = new AtomicInteger();

  final SysfsAttribute type =
      box.addAttribute(Attribute.readWrite("type", () -> "plain " + stored.size(), stored::add));

  SampleTree() {
    box.addAttribute(Attribute.readOnly("name", () -> "a box"));
    box.addAttribute(Attribute.writeOnly("create", stored::add));
    box.addAttribute(Attribute.readOnly("counter", shown::incrementAndGet));
    box.addAttribute(new Attribute("empty", 0444, () -> "", null));
    box.addLink("self", box);
    SysfsTree.makeDirectories(tree.sys(), "class").addLink("box", box);
    SysfsTree.makeDirectories(tree.dev(), "vfio").add(new SysfsDeviceNode("0", 0600, 511, 3));
  }

  Path path(String text) {
    return files.getPath(text);
  }

  /** An attribute of the box. */
  Path attribute(String name) {
    return files.getPath("/sys/devices/box", name);
  }

  /** Checks that {@code call} is refused with exactly {@code errno}, said in all three ways. */
  static void assertRefused(
      Errno errno, Class<? extends FileSystemException> type, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(type);
    assertThat(((FileSystemException) failure).getReason()).startsWith(errno + ": ");
    assertThat(failure.getCause())
        .isInstanceOfSatisfying(
            ErrnoException.class, cause -> assertThat(cause.errno()).isEqualTo(errno));
    if (type == FileSystemException.class) {
      assertThat(failure).isExactlyInstanceOf(FileSystemException.class);
    }
  }
}
