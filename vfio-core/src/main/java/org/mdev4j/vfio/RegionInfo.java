package org.mdev4j.vfio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;

/**
 * What GET_REGION_INFO tells of a region ({@code spec/vfio.md} 4.3).
 *
 * @param argsz the user's buffer size; the size that is needed if that was too small
 * @param flags {@link Region}'s, and {@link #CAPS}
 * @param index the region
 * @param capOffset where the capabilities begin, from the start of the structure; 0 without
 * @param size bytes
 * @param offset where the region is in the device file
 * @param capabilities the chain as it follows the structure, little-endian
 */
@SuppressWarnings("ArrayRecordComponent") // made for one answer, and handed over with it
public record RegionInfo(
    int argsz, int flags, int index, int capOffset, long size, long offset, byte[] capabilities) {
  /** Size of the structure without capabilities. */
  public static final int SIZE = 32;

  /** The region has capabilities. */
  public static final int CAPS = 8;

  private static final int SPARSE_MMAP = 1;
  private static final int TYPE = 2;
  private static final int MSIX_MAPPABLE = 3;
  private static final short VERSION = 1;

  static RegionInfo of(int argsz, int index, Region region, long offset) {
    List<RegionCapability> capabilities = region.capabilities();
    if (capabilities.isEmpty()) {
      return new RegionInfo(argsz, region.flags(), index, 0, region.size(), offset, new byte[0]);
    }
    byte[] chain = chain(capabilities);
    int flags = region.flags() | CAPS;
    int needed = SIZE + chain.length;
    return Integer.compareUnsigned(argsz, needed) < 0
        ? new RegionInfo(needed, flags, index, 0, region.size(), offset, new byte[0])
        : new RegionInfo(argsz, flags, index, SIZE, region.size(), offset, chain);
  }

  /** Capabilities as they follow the structure, little-endian; each tells where the next one is. */
  public static byte[] chain(List<RegionCapability> capabilities) {
    int length = capabilities.stream().mapToInt(RegionCapability::size).sum();
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    int next = SIZE;
    for (int i = 0; i < capabilities.size(); i++) {
      RegionCapability capability = capabilities.get(i);
      next += capability.size();
      write(buffer, capability, i == capabilities.size() - 1 ? 0 : next);
    }
    return buffer.array();
  }

  private static void write(ByteBuffer buffer, RegionCapability capability, int next) {
    switch (capability) {
      case RegionCapability.SparseMmap(var areas) -> {
        header(buffer, SPARSE_MMAP, next).putInt(areas.size()).putInt(0);
        areas.forEach(area -> buffer.putLong(area.offset()).putLong(area.size()));
      }
      case RegionCapability.Type(int type, int subtype) ->
          header(buffer, TYPE, next).putInt(type).putInt(subtype);
      case RegionCapability.MsixMappable() -> header(buffer, MSIX_MAPPABLE, next);
    }
  }

  private static ByteBuffer header(ByteBuffer buffer, int id, int next) {
    return buffer.putShort((short) id).putShort(VERSION).putInt(next);
  }
}
