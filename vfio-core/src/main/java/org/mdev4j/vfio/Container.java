package org.mdev4j.vfio;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.model.PinsMemory;

/**
 * An open {@code /dev/vfio/vfio}: groups that share one address space ({@code spec/vfio.md} 2).
 *
 * <p>It has an IOMMU from SET_IOMMU until its last group leaves; then it is as new. Every method
 * throws {@code EBADF} once it is closed; groups that are in it then stay, with the IOMMU.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the groups and the IOMMU. It is taken under a group's monitor, never the other
 * way round, and not held while the IOMMU works.
 */
public final class Container implements VfioFile {
  /** The version of the VFIO interface. */
  public static final int API_VERSION = 0;

  private final Supplier<@Nullable IommuBackend> backends;
  private final String user;
  private final Set<VfioGroup> groups = new HashSet<>();
  private @Nullable DmaSpace iommu;
  private boolean closed;

  Container(Supplier<@Nullable IommuBackend> backends, String user) {
    this.backends = backends;
    this.user = user;
  }

  /**
   * CHECK_EXTENSION.
   *
   * @return 1 or 0
   */
  public int checkExtension(int extension) {
    boolean set = iommuOfOpen() != null;
    IommuBackend backend = backends.get();
    return backend != null && backend.supports(extension, set) ? 1 : 0;
  }

  /**
   * SET_IOMMU.
   *
   * @throws ErrnoException {@code EINVAL} without a group, with an IOMMU set, or for an extension
   *     that is no IOMMU; {@code ENODEV} if there is no such IOMMU
   */
  public synchronized void setIommu(int type) {
    checkOpen();
    if (groups.isEmpty() || iommu != null) {
      throw new ErrnoException(
          Errno.EINVAL,
          groups.isEmpty() ? "the container has no group" : "the container has an IOMMU");
    }
    IommuBackend backend = backends.get();
    if (backend == null) {
      throw new ErrnoException(Errno.ENODEV, "no IOMMU module is loaded (vfio_iommu_type1)");
    }
    iommu = backend.open(type);
  }

  /**
   * The address space, for mapping and unmapping.
   *
   * @throws ErrnoException {@code EINVAL} before SET_IOMMU
   */
  public DmaSpace iommu() {
    return checkSet(iommuOfOpen());
  }

  /** {@code EINVAL} before SET_IOMMU, {@code ENOTTY} afterwards. */
  @Override
  public ErrnoException unknownRequest(int request) {
    return iommuOfOpen() == null
        ? new ErrnoException(Errno.EINVAL, "the container has no IOMMU set")
        : VfioFile.super.unknownRequest(request);
  }

  @Override
  public String user() {
    return user;
  }

  @Override
  public synchronized void close() {
    // Groups that are still attached keep the address space until they leave.
    closed = true;
  }

  synchronized boolean hasIommu() {
    return iommu != null;
  }

  synchronized void attach(VfioGroup group) {
    checkOpen();
    groups.add(group);
  }

  void detach(VfioGroup group) {
    DmaSpace released;
    synchronized (this) {
      groups.remove(group);
      if (!groups.isEmpty()) {
        return;
      }
      released = iommu;
      iommu = null;
    }
    if (released != null) {
      released.close();
    }
  }

  DeviceDma attachDevice(String name, @Nullable PinsMemory pins) {
    DmaSpace space;
    synchronized (this) {
      // Also of a closed container: its groups keep it.
      space = checkSet(iommu);
    }
    return space.attach(name, pins == null ? null : pins::dmaUnmap);
  }

  private synchronized @Nullable DmaSpace iommuOfOpen() {
    checkOpen();
    return iommu;
  }

  private static DmaSpace checkSet(@Nullable DmaSpace space) {
    if (space == null) {
      throw new ErrnoException(Errno.EINVAL, "the container has no IOMMU set");
    }
    return space;
  }

  private void checkOpen() {
    if (closed) {
      throw new ErrnoException(Errno.EBADF, "the container is closed");
    }
  }

  @Override
  public String toString() {
    return "container";
  }
}
