package org.mdev4j.vfio.model;

import java.util.List;

/** What GET_REGION_INFO adds to a region's size and flags. */
public sealed interface RegionCapability {
  /** Size in bytes of the capability as it is written, a multiple of 8. */
  int size();

  /**
   * Only these ranges can be mapped.
   *
   * @param areas offset and size of each, in bytes
   */
  record SparseMmap(List<Area> areas) implements RegionCapability {
    public SparseMmap {
      areas = List.copyOf(areas);
    }

    @Override
    public int size() {
      return 16 + 16 * areas.size();
    }
  }

  /** A range of a region in bytes. */
  record Area(long offset, long size) {}

  /**
   * A region beyond the fixed ones says what it is.
   *
   * @param type {@code VFIO_REGION_TYPE_*}
   * @param subtype by type
   */
  record Type(int type, int subtype) implements RegionCapability {
    @Override
    public int size() {
      return 16;
    }
  }

  /** The MSI-X table may be mapped. */
  record MsixMappable() implements RegionCapability {
    @Override
    public int size() {
      return 8;
    }
  }
}
