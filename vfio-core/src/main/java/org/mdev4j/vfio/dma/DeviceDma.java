package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A device's way to its user's memory, while the device is open ({@code spec/vfio.md} 5.4).
 * Addresses are IOVAs, unsigned.
 *
 * <h2>Pages</h2>
 *
 * A page is {@value #PAGE_SIZE} bytes. Pinning gives it an address on the host, for hardware to
 * work on. Pins are counted, for each page of each mapping and each device: a page that was pinned
 * twice has to be unpinned twice, and keeps its host address till then. A device unpins what it has
 * pinned itself, no more.
 *
 * <h2>A broken device</h2>
 *
 * A device whose {@link UnmapListener} throws is broken: the address space takes its pins back, and
 * pinning and copying fail with {@code EIO} until the device has been closed and opened again. Host
 * addresses that it was given are not valid any more.
 *
 * <h2>Thread safety</h2>
 *
 * Everything here may be called from any thread, also from an {@link UnmapListener}. Pins and
 * copies may block in the user's memory. Meanwhile only those wait that unmap the same mappings or
 * close this device. No call is interruptible: an interrupt is kept for the caller, unless the
 * user's {@link GuestMemory} takes it.
 */
public interface DeviceDma extends AutoCloseable {
  /** Bytes of a page. */
  int PAGE_SIZE = (int) Pages.SIZE;

  /** The most pages that one call pins or unpins. */
  int MAX_PAGES = 512;

  /** The device reads from the pages. */
  int READ = 1;

  /** The device writes to the pages. */
  int WRITE = 2;

  /**
   * Pins pages that follow each other from {@code iova}: all, or none.
   *
   * @param iova a multiple of {@value #PAGE_SIZE}
   * @param count 1 to {@value #MAX_PAGES}
   * @param prot {@link #READ}, {@link #WRITE} or both: what the mappings have to permit
   * @return the pages, in order
   * @throws ErrnoException {@code EINVAL} if {@code count} is not positive, {@code iova} not
   *     aligned, the device not open, a page not mapped or being unmapped, or no open device
   *     listens to unmapping; {@code EIO} if the device is broken; {@code E2BIG} for too many
   *     pages; {@code EACCES} in a version 1 address space; {@code EPERM} if a mapping does not
   *     permit {@code prot}; {@code EFAULT} if the memory can't be had; {@code ENOMEM} without host
   *     addresses
   */
  List<PinnedPage> pinPages(long iova, int count, int prot);

  /**
   * Takes back one pin of each page. Never fails: pages that this device has not pinned are passed
   * over, the first that is not mapped ends it, a count out of range or an unaligned address is
   * ignored with a warning.
   *
   * @param iova a multiple of {@value #PAGE_SIZE}
   * @param count 1 to {@value #MAX_PAGES}
   */
  void unpinPages(long iova, int count);

  /**
   * Copies {@code into.byteSize()} bytes from {@code iova}, at least 1, across mappings that follow
   * each other. What was copied before a failure stays copied.
   *
   * @throws ErrnoException {@code EINVAL} for no bytes, a closed device or an address that is not
   *     mapped or being unmapped; {@code EIO} if the device is broken; {@code EPERM} if a mapping
   *     lacks {@link #READ}; {@code EFAULT} if the memory behind it can't be read
   */
  void read(long iova, MemorySegment into);

  /**
   * Copies {@code from.byteSize()} bytes to {@code iova}, at least 1. See {@link #read}.
   *
   * @throws ErrnoException as {@link #read} does; {@code EPERM} if a mapping lacks {@link #READ} or
   *     {@link #WRITE}
   */
  void write(long iova, MemorySegment from);

  /**
   * Ends the device's access: what it has pinned is unpinned, with a warning; copies, pins and
   * listener calls under way are waited for. It must not be called from within one of these. The
   * framework calls it when the device is closed; a driver does not. A second close waits for them,
   * too.
   */
  @Override
  void close();
}
