package org.mdev4j.device.sysfs;

import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** A symbolic link to a directory of the tree. */
public final class SysfsLink extends SysfsNode {
  private final SysfsDirectory target;

  public SysfsLink(String name, SysfsDirectory target) {
    super(name, 0777);
    this.target = target;
  }

  public SysfsDirectory target() {
    return target;
  }

  /**
   * The link's text: up from the link's directory to the deepest directory that also holds the
   * target's entry, and down from there. A link inside its own target therefore goes one further up
   * and down again ({@code ../../../UUID}), as the kernel's do.
   *
   * @throws ErrnoException {@code ENOENT} if the link or its target was removed
   */
  public String text() {
    // Taken once: directories may be removed while this looks.
    List<SysfsDirectory> here = directoriesAbove(this);
    List<SysfsDirectory> there = directoriesAbove(target);
    for (int up = 0; up < here.size(); up++) {
      int down = there.indexOf(here.get(up));
      if (down >= 0) {
        StringBuilder text = new StringBuilder("../".repeat(up));
        there.subList(0, down).reversed().forEach(dir -> text.append(dir.name()).append('/'));
        return text.append(target.name()).toString();
      }
    }
    throw new ErrnoException(Errno.ENOENT, "link '" + name() + "' or its target was removed");
  }

  private static List<SysfsDirectory> directoriesAbove(SysfsNode node) {
    List<SysfsDirectory> above = new ArrayList<>();
    for (SysfsDirectory at = node.parent(); at != null; at = at.parent()) {
      above.add(at);
    }
    return above;
  }

  @Override
  void onRemoved() {}
}
