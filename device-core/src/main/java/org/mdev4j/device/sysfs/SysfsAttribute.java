package org.mdev4j.device.sysfs;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Gate;

/**
 * An {@link Attribute} in the tree.
 *
 * <p>Its gate lets {@code show} and {@code store} in while the attribute exists. Removing it waits
 * until the last of them is out, so whoever removed it may then drop what they use.
 */
public final class SysfsAttribute extends SysfsNode {
  private final Attribute attribute;
  private final Gate gate = new Gate();

  public SysfsAttribute(Attribute attribute) {
    super(attribute.name(), attribute.mode());
    this.attribute = attribute;
  }

  /** The size that the file states. */
  public int size() {
    return attribute.size();
  }

  /**
   * Opens the file.
   *
   * @throws ErrnoException {@code EACCES} if the file can't be read or written that way, for root
   *     too; {@code ENODEV} if it was removed
   */
  public SysfsFile open(OpenMode how) {
    boolean readable = attribute.show() != null && (mode() & 0444) != 0;
    boolean writable = attribute.store() != null && (mode() & 0222) != 0;
    if ((how.reads() && !readable) || (how.writes() && !writable)) {
      throw new ErrnoException(
          Errno.EACCES,
          String.format("%s of mode %04o can't be opened for %s", path(), mode(), how.words()));
    }
    check();
    return new SysfsFile(this, how);
  }

  /**
   * Takes the attribute out of the tree from within its own {@code store}, without waiting for
   * calls in progress, of which the caller is one. Later calls on open files fail with {@code
   * ENODEV}.
   *
   * @return false if it was removed already
   */
  public boolean removeSelf() {
    SysfsDirectory directory = parent();
    if (directory == null || !directory.unlink(this)) {
      return false;
    }
    gate.close();
    return true;
  }

  /** Fails with {@code ENODEV} once the attribute is removed. */
  void check() {
    if (gate.isClosed()) {
      throw gone();
    }
  }

  String show() {
    enter();
    try {
      Attribute.Show show = attribute.show();
      if (show == null) {
        throw new ErrnoException(Errno.EIO, name() + " has no content");
      }
      return Activity.call("show", this, show::show);
    } finally {
      gate.leave();
    }
  }

  void store(String data) {
    enter();
    try {
      Attribute.Store store = attribute.store();
      if (store == null) {
        throw new ErrnoException(Errno.EIO, name() + " takes nothing");
      }
      Activity.run("store", this, () -> store.store(data));
    } finally {
      gate.leave();
    }
  }

  @Override
  void onRemoved() {
    gate.closeAndDrain(this, () -> "those who read or write attribute " + name());
  }

  private void enter() {
    if (!gate.enter()) {
      throw gone();
    }
  }

  private ErrnoException gone() {
    return new ErrnoException(Errno.ENODEV, "attribute " + name() + " was removed with its device");
  }
}
