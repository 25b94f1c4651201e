package org.mdev4j.vfio;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * An open {@code /dev/vfio/GROUP}. Closing it lets the group leave its container, once the files
 * that were opened through it are closed, too. Every method but {@link #close} throws {@code EBADF}
 * once it is closed.
 *
 * <h2>Thread safety</h2>
 *
 * Thread-safe. {@link FileUses} counts the file and the calls under way; the last one releases the
 * group. So a call that meets a close is refused or takes effect before the group is released, and
 * nothing of this user is left for the next. Close does not wait.
 */
public final class GroupFile implements VfioFile {
  private static final int STATUS_SIZE = 8;
  private static final int NAME_LIMIT = 4096;

  private final VfioGroup group;
  private final String user;
  private final FileUses uses;

  GroupFile(VfioGroup group, String user) {
    this(group, user, new FileUses(group::release));
  }

  GroupFile(VfioGroup group, String user, FileUses uses) {
    this.group = group;
    this.user = user;
    this.uses = uses;
  }

  /** The group's number. */
  public int number() {
    return group.number();
  }

  /**
   * GROUP_GET_STATUS: bit 0 viable, bit 1 container set.
   *
   * @throws ErrnoException {@code EINVAL} for an argsz below 8, {@code ENODEV} for a dead group
   */
  public int status(int argsz) {
    return using(
        () -> {
          if (Integer.compareUnsigned(argsz, STATUS_SIZE) < 0) {
            throw new ErrnoException(
                Errno.EINVAL, "argsz " + argsz + " is less than " + STATUS_SIZE);
          }
          return group.status();
        });
  }

  /**
   * GROUP_SET_CONTAINER.
   *
   * @param target what the descriptor refers to; null if it is not open
   * @throws ErrnoException {@code EBADF} without a target; {@code EINVAL} if the group is in a
   *     container or the target is none; {@code ENODEV} for a dead group
   */
  public void setContainer(@Nullable Object target) {
    using(() -> group.join(target));
  }

  /**
   * GROUP_UNSET_CONTAINER.
   *
   * @throws ErrnoException {@code EINVAL} if the group is in none; {@code EBUSY} while device files
   *     are open
   */
  public void unsetContainer() {
    using(group::unset);
  }

  /**
   * Names the guest that the group's device is used for, as a hypervisor does by adding the group
   * to its VFIO device. It counts for opens from now on, until the group is closed.
   *
   * @param guest what the device's driver knows as a guest; null for none
   * @throws ErrnoException {@code ENODEV} for a dead group
   */
  public void setGuest(@Nullable Object guest) {
    using(() -> group.setGuest(guest));
  }

  /**
   * GROUP_GET_DEVICE_FD: opens a file on the group's device.
   *
   * @param name the device's name; null stands for an address that can't be read
   * @throws ErrnoException {@code EFAULT} without a name; {@code EINVAL} for one of more than a
   *     page; {@code ENODEV} if the group has no such device; {@code EINVAL} without a container
   *     that has an IOMMU; else what the device's open threw
   */
  public DeviceFile openDevice(@Nullable String name) {
    return using(() -> open(name));
  }

  private DeviceFile open(@Nullable String name) {
    if (name == null) {
      throw new ErrnoException(Errno.EFAULT, "the device's name can't be read");
    }
    if (name.length() >= NAME_LIMIT) {
      throw new ErrnoException(Errno.EINVAL, "a device name of " + name.length() + " characters");
    }
    if (!name.equals(group.device().name())) {
      throw new ErrnoException(Errno.ENODEV, group + " has no device '" + name + "'");
    }
    return group.openDevice(group.enterDevice(), user);
  }

  @Override
  public String user() {
    return user;
  }

  @Override
  public void close() {
    uses.close();
  }

  private void using(Runnable call) {
    using(
        () -> {
          call.run();
          return this;
        });
  }

  /** Does {@code call}; the group is not released meanwhile. */
  private <T> T using(Supplier<T> call) {
    if (!uses.enter()) {
      throw new ErrnoException(Errno.EBADF, "the file of " + group + " is closed");
    }
    try {
      return call.get();
    } finally {
      uses.put();
    }
  }

  @Override
  public String toString() {
    return "file of " + group;
  }
}
