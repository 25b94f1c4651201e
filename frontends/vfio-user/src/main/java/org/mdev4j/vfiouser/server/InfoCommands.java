package org.mdev4j.vfiouser.server;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfio.model.SharedMemory;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/** What the device, its regions and its interrupts are ({@code spec/vfio-user.md} 3.3 to 3.6). */
final class InfoCommands {
  private static final int SIZE = 16;
  private static final int IO_FDS_SIZE = 16;
  private static final long MOST = 1 << 20;

  private final DeviceFile device;
  private final ClientTerms client;

  InfoCommands(DeviceFile device, ClientTerms client) {
    this.device = device;
    this.client = client;
  }

  /** DEVICE_GET_INFO. */
  void device(Message request, Reply reply) {
    request.require(SIZE);
    DeviceInfo info = device.info(request.u32(0));
    reply.setLength(SIZE);
    reply.u32(0, SIZE);
    reply.u32(4, info.flags());
    reply.u32(8, info.regions());
    reply.u32(12, info.irqs());
  }

  /** DEVICE_GET_IRQ_INFO. */
  void irq(Message request, Reply reply) {
    request.require(SIZE);
    int index = request.u32(8);
    IrqIndex info = device.irqInfo(request.u32(0), index);
    reply.setLength(SIZE);
    reply.u32(0, SIZE);
    reply.u32(4, info.flags());
    reply.u32(8, index);
    reply.u32(12, info.count());
  }

  /** DEVICE_GET_REGION_INFO. */
  void region(Message request, Reply reply) {
    request.require(RegionInfo.SIZE);
    long argsz = request.unsigned(0);
    if (argsz < RegionInfo.SIZE) {
      throw new ErrnoException(Errno.EINVAL, "argsz " + argsz + " is less than 32");
    }
    int index = request.u32(8);
    DeviceFile.Placed placed = counted(index);
    Region region = placed.region();
    // A file that can't be sent along can't be mapped.
    SharedMemory memory =
        region.size() == 0 || client.descriptors() == 0 ? null : device.sharedMemory(index);
    byte[] capabilities = RegionInfo.chain(capabilities(region, memory));
    int needed = RegionInfo.SIZE + capabilities.length;
    boolean fits = argsz >= needed && capabilities.length > 0;
    reply.setLength(fits ? needed : RegionInfo.SIZE);
    reply.u32(0, needed);
    reply.u32(4, flags(region, memory != null) | (fits ? RegionInfo.CAPS : 0));
    reply.u32(8, index);
    reply.u32(12, fits ? RegionInfo.SIZE : 0);
    reply.u64(16, region.size());
    // The file of a region is its own; others keep the place that they have in the device file.
    reply.u64(24, memory != null ? 0 : placed.offset());
    if (fits) {
      reply
          .data(RegionInfo.SIZE, capabilities.length)
          .copyFrom(MemorySegment.ofArray(capabilities));
      if (memory != null) {
        reply.descriptors(memory.descriptor());
      }
    }
  }

  private static int flags(Region region, boolean mappable) {
    if (region.size() == 0) {
      return 0;
    }
    return (region.flags() & ~Region.MMAP) | (mappable ? Region.MMAP : 0);
  }

  /** The region's own, and which parts can be mapped: all of it if it does not say. */
  private static List<RegionCapability> capabilities(Region region, @Nullable SharedMemory memory) {
    if (region.size() == 0) {
      return List.of();
    }
    List<RegionCapability> capabilities = new ArrayList<>(region.capabilities());
    if (memory == null) {
      capabilities.removeIf(RegionCapability.SparseMmap.class::isInstance);
    } else if (capabilities.stream().noneMatch(RegionCapability.SparseMmap.class::isInstance)) {
      var all = new RegionCapability.Area(0, region.size());
      capabilities.add(new RegionCapability.SparseMmap(List.of(all)));
    }
    return capabilities;
  }

  /** DEVICE_GET_REGION_IO_FDS: none, since every access of a device is a message. */
  void ioFds(Message request, Reply reply) {
    request.require(IO_FDS_SIZE);
    long argsz = request.unsigned(0);
    if (request.u32(4) != 0 || request.u32(12) != 0) {
      throw new ErrnoException(Errno.EINVAL, "flags and count are to be 0");
    }
    int index = request.u32(8);
    if (counted(index).region().size() == 0) {
      throw new ErrnoException(Errno.EINVAL, "region " + index + " is not implemented");
    }
    if (argsz < IO_FDS_SIZE || argsz > MOST) {
      throw new ErrnoException(Errno.EINVAL, "argsz " + argsz);
    }
    reply.setLength(IO_FDS_SIZE);
    reply.u32(0, IO_FDS_SIZE);
    reply.u32(4, 0);
    reply.u32(8, index);
    reply.u32(12, 0);
  }

  /** A region that GET_INFO counts: others are for users of this process. */
  private DeviceFile.Placed counted(int index) {
    if (index < 0 || index >= device.info(SIZE).regions()) {
      throw new ErrnoException(
          Errno.EINVAL, "there is no region index " + Integer.toUnsignedString(index));
    }
    return device.region(index);
  }
}
