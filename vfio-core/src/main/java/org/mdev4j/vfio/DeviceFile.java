package org.mdev4j.vfio;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.migration.DataFiles;
import org.mdev4j.vfio.migration.Migration;
import org.mdev4j.vfio.migration.UserMemory;
import org.mdev4j.vfio.model.AccessPolicy;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.ForwardsInterrupts;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.SharedMemory;
import org.mdev4j.vfio.model.UserBuffer;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * An open VFIO device: everything that a user can do with one, with the kernel's answers ({@code
 * spec/vfio.md} 4). While a file or a mapping of it is open the device stays registered.
 *
 * <p>Every method throws {@code EBADF} once the file is closed. What a device model throws arrives
 * as its errno, or as {@code EIO} if it broke, be it with an {@link Error}; {@link
 * org.mdev4j.device.host.Tracing#failed} is told of one that broke.
 *
 * <h2>Thread safety</h2>
 *
 * Any method may be called from many threads at once; calls reach the device model concurrently.
 * {@link FileUses} counts the file itself, its mappings and the calls that are under way; the last
 * one releases the device, so a call that races with close still finds the device open.
 */
public final class DeviceFile implements VfioFile {
  private static final int INFO_SIZE = 16;
  private static final int IRQ_INFO_SIZE = 16;
  private static final int PLANE_SIZE = 60;
  private static final int PLANE_PROBE = 1;
  private static final int PLANE_DMABUF = 2;
  private static final int PLANE_REGION = 4;

  private final VfioRegistration registration;
  private final DeviceSession session;
  private final String user;
  private final RegionAccess regions;
  private final FileUses uses;
  private final AtomicLong position = new AtomicLong();

  DeviceFile(VfioRegistration registration, DeviceSession session, String user, Runnable release) {
    this.registration = registration;
    this.session = session;
    this.user = user;
    this.regions = new RegionAccess(registration.model());
    this.uses = new FileUses(release);
  }

  /** The device's name. */
  public String name() {
    return registration.name();
  }

  @Override
  public String user() {
    return user;
  }

  /**
   * GET_INFO.
   *
   * @throws ErrnoException {@code EINVAL} for an argsz below 16
   */
  public DeviceInfo info(int argsz) {
    return using(
        "GET_INFO",
        device -> {
          checkSize(argsz, INFO_SIZE);
          boolean reset = device instanceof Resettable resettable && resettable.announcesReset();
          return new DeviceInfo(
              device.api().flag() | (reset ? DeviceInfo.RESET : 0),
              device.regionCount(),
              session.interrupts().count());
        });
  }

  /**
   * GET_REGION_INFO.
   *
   * @throws ErrnoException {@code EINVAL} for an argsz below 32 or an index that there is not
   */
  public RegionInfo regionInfo(int argsz, int index) {
    return using(
        "GET_REGION_INFO",
        device -> {
          checkKnown(hasRegions(device));
          checkSize(argsz, RegionInfo.SIZE);
          return RegionInfo.of(argsz, index, region(device, index), device.layout().offset(index));
        });
  }

  /**
   * GET_IRQ_INFO.
   *
   * @throws ErrnoException {@code EINVAL} for an argsz below 16 or an index that there is not
   */
  public IrqIndex irqInfo(int argsz, int index) {
    return using(
        "GET_IRQ_INFO",
        device -> {
          checkKnown(hasRegions(device) || session.interrupts().count() > 0);
          checkSize(argsz, IRQ_INFO_SIZE);
          return session.interrupts().info(index);
        });
  }

  /** SET_IRQS. See {@link org.mdev4j.vfio.irq.Interrupts#set}. */
  public void setIrqs(IrqSet request) {
    using(
        "SET_IRQS",
        device -> {
          checkKnown(hasRegions(device) || session.interrupts().count() > 0);
          if (device instanceof ForwardsInterrupts elsewhere) {
            elsewhere.setIrqs(request);
          } else {
            session.interrupts().set(request);
          }
          return null;
        });
  }

  /**
   * RESET.
   *
   * @throws ErrnoException {@code ENOTTY} if the device can't
   */
  public void reset() {
    using(
        "reset",
        device -> {
          if (!(device instanceof Resettable resettable)) {
            throw new ErrnoException(Errno.ENOTTY, name() + " can't be reset");
          }
          resettable.reset();
          Migration migration = session.migration();
          if (migration != null) {
            migration.reset();
          }
          return null;
        });
  }

  /**
   * QUERY_GFX_PLANE.
   *
   * @param flags probe 1, dmabuf 2, region 4
   * @param planeType 0 overlay, 1 primary, 2 cursor
   * @return the plane; null for a probe that succeeds
   * @throws ErrnoException {@code ENOTTY} if the device has no display; {@code EINVAL} for an argsz
   *     below 60 or flags that it does not support
   */
  public @Nullable GfxPlane queryPlane(int argsz, int flags, int planeType) {
    return using(
        "query of a plane",
        device -> {
          Graphics graphics = graphics(device);
          checkSize(argsz, PLANE_SIZE);
          int handover =
              graphics.handover() == Graphics.Handover.DMABUF ? PLANE_DMABUF : PLANE_REGION;
          if (flags == (PLANE_PROBE | handover)) {
            return null;
          }
          if (flags != handover) {
            throw new ErrnoException(
                Errno.EINVAL, "no plane for flags 0x" + Integer.toHexString(flags));
          }
          return graphics.plane(planeType);
        });
  }

  /** GET_GFX_DMABUF. See {@link Graphics#dmabuf}; {@code ENOTTY} if the device has no display. */
  public DmaBuf dmabuf(int id) {
    return using("hand-over of a picture", device -> graphics(device).dmabuf(id));
  }

  /** DEVICE_FEATURE. See {@link org.mdev4j.vfio.migration.DeviceFeatures#request}. */
  public void feature(
      int argsz, int flags, MemorySegment data, DataFiles files, UserMemory memory) {
    using(
        "DEVICE_FEATURE",
        _ -> {
          session.features().request(argsz, flags, data, files, memory);
          return null;
        });
  }

  /** The migration state machine that DEVICE_FEATURE works on; null if the device can't migrate. */
  public @Nullable Migration migration() {
    check();
    return session.migration();
  }

  /**
   * Reads at a position of the device file.
   *
   * @return the number of bytes read
   * @throws ErrnoException {@code EFAULT} where no region takes the access, or as the device
   *     refuses
   */
  public long read(long at, MemorySegment into) {
    enter();
    try {
      return regions.read(at, into);
    } catch (Throwable failure) {
      throw registration.refusal("read", failure);
    } finally {
      uses.put();
    }
  }

  /** Writes at a position of the device file. See {@link #read(long, MemorySegment)}. */
  public long write(long at, MemorySegment from) {
    enter();
    try {
      return regions.write(at, from);
    } catch (Throwable failure) {
      throw registration.refusal("write", failure);
    } finally {
      uses.put();
    }
  }

  /** Reads into a buffer that may fault or block. See {@link #read(long, MemorySegment)}. */
  public long read(long at, UserBuffer into) {
    enter();
    try {
      return regions.read(at, into);
    } catch (Throwable failure) {
      throw registration.refusal("read", failure);
    } finally {
      uses.put();
    }
  }

  /** Writes from a buffer that may fault or block. See {@link #read(long, MemorySegment)}. */
  public long write(long at, UserBuffer from) {
    enter();
    try {
      return regions.write(at, from);
    } catch (Throwable failure) {
      throw registration.refusal("write", failure);
    } finally {
      uses.put();
    }
  }

  /**
   * Reads at the file's own position, which starts at 0 and advances by what was read, if the
   * device's {@linkplain org.mdev4j.vfio.model.AccessPolicy access policy} has it move.
   */
  public long read(MemorySegment into) {
    long at = position.get();
    long done = read(at, into);
    advance(at + done);
    return done;
  }

  /** Writes at the file's own position. See {@link #read(MemorySegment)}. */
  public long write(MemorySegment from) {
    long at = position.get();
    long done = write(at, from);
    advance(at + done);
    return done;
  }

  private void advance(long to) {
    if (registration.model().accessPolicy().advances()) {
      position.set(to);
    }
  }

  /** A device file has no place to go to. */
  public ErrnoException seek() {
    return new ErrnoException(Errno.ESPIPE, "a VFIO device can't be seeked");
  }

  /**
   * Maps a part of a region.
   *
   * @param at where it begins in the device file, a multiple of 4096
   * @param length bytes, more than 0
   * @param shared whether stores are to be seen by the device; nothing else is supported
   * @throws ErrnoException {@code EINVAL} if no region there can be mapped so
   */
  public Mapping map(long at, long length, boolean shared) {
    return using(
        "mapping",
        device -> {
          int index = at < 0 ? -1 : device.layout().index(at);
          Region region = index < 0 ? null : device.region(index);
          long offset = index < 0 ? 0 : at - device.layout().offset(index);
          if (!shared
              || length <= 0
              || at % HostPages.SIZE != 0
              || !(region instanceof Region.Memory memory)
              || (memory.flags() & Region.MMAP) == 0
              || length > memory.size() - offset
              || !memory.access().isMappable(offset, length)) {
            throw new ErrnoException(
                Errno.EINVAL, String.format("can't map %d bytes at 0x%x", length, at));
          }
          MemorySegment segment = memory.access().segment().asSlice(offset, length);
          uses.add();
          return new Mapping(segment, uses::put);
        });
  }

  /**
   * The file behind a region, for a user in another process to map. It stays the device's, open as
   * long as the device is.
   *
   * @return null if the region can't be mapped, or is memory of this process only
   * @throws ErrnoException {@code EINVAL} for an index that there is not
   */
  public @Nullable SharedMemory sharedMemory(int index) {
    return using(
        "sharing of a region",
        device ->
            region(device, index) instanceof Region.Memory memory
                    && (memory.flags() & Region.MMAP) != 0
                ? memory.access().shared()
                : null);
  }

  /** A region, and where it begins in the device file. */
  public record Placed(Region region, long offset) {}

  /**
   * A region as the device states it, and where it is in this file.
   *
   * @throws ErrnoException {@code EINVAL} for an index that there is not
   */
  public Placed region(int index) {
    return using(
        "look at a region",
        device -> new Placed(region(device, index), device.layout().offset(index)));
  }

  /** Closes the file; the device is closed when its last file and mapping are. */
  @Override
  public void close() {
    uses.close();
  }

  /** Does {@code work} on the device, which stays open meanwhile. */
  private <T extends @Nullable Object> T using(String what, Function<VfioDevice, T> work) {
    enter();
    try {
      return work.apply(registration.model());
    } catch (Throwable failure) {
      throw registration.refusal(what, failure);
    } finally {
      uses.put();
    }
  }

  /** Takes a use for the time of a call. */
  private void enter() {
    if (!uses.enter()) {
      throw closedFile();
    }
  }

  private static Region region(VfioDevice device, int index) {
    Region region = index < 0 ? null : device.region(index);
    if (region == null) {
      throw new ErrnoException(
          Errno.EINVAL, "there is no region index " + Integer.toUnsignedString(index));
    }
    return region;
  }

  private Graphics graphics(VfioDevice device) {
    if (device instanceof Graphics graphics) {
      return graphics;
    }
    checkKnown(hasRegions(device));
    throw new ErrnoException(Errno.ENOTTY, name() + " has no display");
  }

  private void check() {
    if (uses.isClosed()) {
      throw closedFile();
    }
  }

  private ErrnoException closedFile() {
    return new ErrnoException(Errno.EBADF, "the file of " + name() + " is closed");
  }

  private static boolean hasRegions(VfioDevice device) {
    return device.accessPolicy() != AccessPolicy.NONE;
  }

  private void checkKnown(boolean known) {
    if (!known) {
      throw new ErrnoException(Errno.EOPNOTSUPP, name() + " knows no such request");
    }
  }

  private static void checkSize(int argsz, int least) {
    if (Integer.compareUnsigned(argsz, least) < 0) {
      throw new ErrnoException(
          Errno.EINVAL, "argsz " + Integer.toUnsignedString(argsz) + " is less than " + least);
    }
  }

  @Override
  public String toString() {
    return "file of device " + name();
  }
}
