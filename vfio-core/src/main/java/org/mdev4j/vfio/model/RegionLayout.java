package org.mdev4j.vfio.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where regions are in the device file. Users take it from GET_REGION_INFO; drivers choose.
 *
 * <p>Immutable.
 */
public sealed interface RegionLayout {
  /** The file offset at which region {@code index} begins. */
  long offset(int index);

  /** The index of the region at {@code position}, or -1 if there is none. */
  int index(long position);

  /** Each region at {@code index << bits}. */
  static RegionLayout shifted(int bits) {
    return new Shifted(bits);
  }

  /** Each region where {@code places} says; others at 0. */
  static RegionLayout packed(Place... places) {
    return new Packed(List.of(places));
  }

  /**
   * A region's place.
   *
   * @param index the region
   * @param offset where it begins
   * @param size how many bytes it takes there
   */
  record Place(int index, long offset, long size) {}

  /** Region index times a power of two. */
  record Shifted(int bits) implements RegionLayout {
    @Override
    public long offset(int index) {
      return (long) index << bits;
    }

    @Override
    public int index(long position) {
      long index = position >>> bits;
      return index > Integer.MAX_VALUE ? -1 : (int) index;
    }
  }

  /** Places by a list; of two at one place the first is accessed. */
  record Packed(List<Place> places) implements RegionLayout {
    @Override
    public long offset(int index) {
      Place place = find(index);
      return place == null ? 0 : place.offset();
    }

    @Override
    public int index(long position) {
      for (Place place : places) {
        if (position >= place.offset() && position - place.offset() < place.size()) {
          return place.index();
        }
      }
      return -1;
    }

    private @Nullable Place find(int index) {
      for (Place place : places) {
        if (place.index() == index) {
          return place;
        }
      }
      return null;
    }
  }
}
