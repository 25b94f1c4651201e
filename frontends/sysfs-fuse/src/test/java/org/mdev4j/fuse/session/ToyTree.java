package org.mdev4j.fuse.session;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;

/** {@code devices/toy} with files of every kind, and a link {@code class/toys/toy} to it. */
public final class ToyTree {
  /** What is found on the way. */
  static final String[] NAMES = {
    "devices", "toy", "class", "toys", "shows", "fails", "takes", "both", "hangs"
  };

  public final SysfsTree tree = new SysfsTree();
  public final SysfsDirectory toy = SysfsTree.makeDirectories(tree.sys(), "devices/toy");

  /** How often {@code shows} was computed. */
  public final AtomicInteger shown = new AtomicInteger();

  /** What {@code hangs} waits for, and how many stores have got there. */
  public final CountDownLatch release = new CountDownLatch(1);

  public final AtomicInteger hanging = new AtomicInteger();

  /** What {@code both} holds. */
  public volatile String stored = "empty\n";

  public final SysfsAttribute takes;

  public ToyTree() {
    toy.addAttribute(Attribute.readOnly("shows", () -> "shown " + shown.incrementAndGet()));
    toy.addAttribute(
        Attribute.readWrite(
            "fails",
            () -> {
              throw new ErrnoException(Errno.EUSERS, "shows nothing");
            },
            text -> {
              throw new IllegalStateException("a fault of a driver");
            }));
    takes = toy.addAttribute(Attribute.writeOnly("takes", text -> {}));
    toy.addAttribute(new Attribute("both", 0644, () -> stored, text -> stored = text));
    toy.addAttribute(Attribute.writeOnly("hangs", text -> hang()));
    SysfsTree.makeDirectories(tree.sys(), "class/toys").addLink("toy", toy);
  }

  /** Waits for {@code release}; an empty text. */
  String hang() {
    hanging.incrementAndGet();
    try {
      release.await();
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
    }
    return "";
  }
}
