package org.mdev4j.vfiouser.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfiouser.posix.ClientFile;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Message;

/**
 * What a server tells of its device.
 *
 * @param flags of GET_INFO
 * @param migration flags of the MIGRATION feature; 0 if the device can't migrate
 */
record RemoteInfo(int flags, List<RemoteRegion> regions, List<IrqIndex> irqs, long migration) {
  private static final int INFO_SIZE = 16;
  private static final int REGION_SIZE = 32;
  private static final int LARGEST_REGION_INFO = 1 << 16;
  private static final int MOST_INDEXES = 1024;

  /** As many as PCI has. */
  private static final int MOST_VECTORS = 2048;

  private static final int GET_MIGRATION = 0x10001;
  private static final int PCI_MSI = 1;
  private static final int PCI_MSIX = 2;

  /**
   * A region as it is told.
   *
   * @param mapped whether all of it can be mapped
   */
  record RemoteRegion(
      long size, int flags, List<RegionCapability> capabilities, boolean mapped, long offset) {}

  static RemoteInfo of(Connection connection) {
    int[] counts =
        connection.call(
            Command.DEVICE_GET_INFO,
            request -> {
              request.setLength(INFO_SIZE);
              request.data(0, INFO_SIZE).fill((byte) 0);
              request.u32(0, INFO_SIZE);
            },
            reply -> {
              reply.require(INFO_SIZE);
              return new int[] {reply.u32(4), reply.u32(8), reply.u32(12)};
            });
    List<RemoteRegion> regions = new ArrayList<>();
    for (int i = 0; i < checkCount(counts[1]); i++) {
      regions.add(region(connection, i, REGION_SIZE));
    }
    List<IrqIndex> irqs = new ArrayList<>();
    for (int i = 0; i < checkCount(counts[2]); i++) {
      irqs.add(irq(connection, i));
    }
    return new RemoteInfo(counts[0], regions, irqs, migrationOf(connection));
  }

  private static int checkCount(int count) {
    if (count < 0 || count > MOST_INDEXES) {
      throw untrue(Integer.toUnsignedString(count) + " indexes");
    }
    return count;
  }

  private static ErrnoException untrue(String what) {
    return new ErrnoException(Errno.EPROTO, "the server tells of " + what);
  }

  private static RemoteRegion region(Connection connection, int index, int argsz) {
    int needed = regionInfo(connection, index, argsz, reply -> reply.u32(0));
    if (needed > argsz && argsz == REGION_SIZE && needed <= LARGEST_REGION_INFO) {
      return region(connection, index, needed);
    }
    return regionInfo(connection, index, argsz, RemoteInfo::decode);
  }

  private static <T extends @Nullable Object> T regionInfo(
      Connection connection, int index, int argsz, Connection.Reader<T> reader) {
    return connection.call(
        Command.DEVICE_GET_REGION_INFO,
        request -> {
          request.setLength(argsz);
          request.data(0, argsz).fill((byte) 0);
          request.u32(0, argsz);
          request.u32(8, index);
        },
        reply -> {
          reply.require(REGION_SIZE);
          return reader.read(reply);
        });
  }

  /** The file behind a region, mapped; null if the server gives none. */
  static @Nullable ClientFile file(Connection connection, int index) {
    return regionInfo(
        connection,
        index,
        REGION_SIZE + 32,
        reply ->
            reply.descriptors().isEmpty()
                ? null
                : new ClientFile(reply.descriptors().removeFirst()));
  }

  private static RemoteRegion decode(Message reply) {
    int flags = reply.u32(4);
    long size = reply.u64(16);
    if (size < 0 || size > RemoteDevice.LARGEST_REGION) {
      throw untrue("a region of " + Long.toUnsignedString(size) + " bytes");
    }
    List<RegionCapability> capabilities = new ArrayList<>();
    boolean mapped = false;
    int next = reply.u32(12);
    for (int i = 0; next >= REGION_SIZE && i < MOST_INDEXES; i++) {
      switch (reply.u16(next)) {
        case 1 ->
            mapped =
                reply.u32(next + 8) == 1
                    && reply.u64(next + 16) == 0
                    && reply.u64(next + 24) == size;
        case 2 ->
            capabilities.add(new RegionCapability.Type(reply.u32(next + 8), reply.u32(next + 12)));
        case 3 -> capabilities.add(new RegionCapability.MsixMappable());
        default -> {}
      }
      next = reply.u32(next + 4);
    }
    boolean whole = mapped && (flags & Region.MMAP) != 0 && size > 0;
    return new RemoteRegion(
        size, flags & (Region.READ | Region.WRITE), capabilities, whole, reply.u64(24));
  }

  /** An index of which the server does not tell is one that VFIO refuses, too. */
  private static IrqIndex irq(Connection connection, int index) {
    try {
      return connection.call(
          Command.DEVICE_GET_IRQ_INFO,
          request -> {
            request.setLength(INFO_SIZE);
            request.data(0, INFO_SIZE).fill((byte) 0);
            request.u32(0, INFO_SIZE);
            request.u32(8, index);
          },
          reply -> {
            reply.require(INFO_SIZE);
            int count = reply.u32(12);
            if (count < 0 || count > MOST_VECTORS) {
              throw untrue(Integer.toUnsignedString(count) + " interrupts of index " + index);
            }
            return new IrqIndex(count, reply.u32(4), kind(index, count));
          });
    } catch (ErrnoException refused) {
      if (refused.errno() == Errno.EINVAL) {
        return IrqIndex.refused();
      }
      throw refused;
    }
  }

  private static IrqIndex.Kind kind(int index, int count) {
    if (count == 0) {
      return IrqIndex.Kind.NONE;
    }
    return switch (index) {
      case 0 -> IrqIndex.Kind.INTX;
      case PCI_MSI -> IrqIndex.Kind.MSI;
      case PCI_MSIX -> IrqIndex.Kind.MSIX;
      default -> IrqIndex.Kind.NOTIFY;
    };
  }

  private static long migrationOf(Connection connection) {
    try {
      return connection.call(
          Command.DEVICE_FEATURE,
          request -> {
            request.setLength(8);
            request.u32(0, INFO_SIZE);
            request.u32(4, GET_MIGRATION);
          },
          reply -> {
            reply.require(INFO_SIZE);
            return reply.u64(8);
          });
    } catch (ErrnoException refused) {
      if (refused.errno() == Errno.EINVAL || refused.errno() == Errno.ENOTTY) {
        return 0;
      }
      throw refused;
    }
  }
}
