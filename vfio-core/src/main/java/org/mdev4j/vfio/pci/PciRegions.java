package org.mdev4j.vfio.pci;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionLayout;

/**
 * The regions of a PCI device: 0 to 5 its BARs, 6 its ROM, 7 configuration space, 8 the ports of a
 * VGA, 9 and up its own. There are at least the first nine; what is not stated is empty.
 *
 * <p>Two habits of telling where they are exist among devices; see {@link #shifted} and {@link
 * #packed}. Users take it from GET_REGION_INFO.
 *
 * <p>Immutable.
 */
public final class PciRegions {
  /** The index of the last BAR. */
  public static final int LAST_BAR = 5;

  /** The index of configuration space. */
  public static final int CONFIG = 7;

  /** How many indexes every PCI device has. */
  public static final int FIXED = 9;

  private static final int SHIFT = 40;
  private static final int PAGE = 4096;

  private final int count;
  private final @Nullable Region[] regions;
  private final RegionLayout layout;

  private PciRegions(int count, @Nullable Region[] regions, RegionLayout layout) {
    this.count = count;
    this.regions = regions;
    this.layout = layout;
  }

  /**
   * Each region at its index times 2^40. An empty one says so by its size alone: it is told as
   * readable and writable, at its own place.
   */
  public static Builder shifted(PciConfigSpace config) {
    return new Builder(config, false);
  }

  /**
   * Each region on the next free page, in the order in which they are stated, configuration space
   * first. An empty one is told with flags 0 and at 0.
   */
  public static Builder packed(PciConfigSpace config) {
    return new Builder(config, true);
  }

  /** The number of regions that GET_INFO tells. */
  public int count() {
    return count;
  }

  /** The region of that index, or null if there is no such index. */
  public @Nullable Region find(int index) {
    return index < 0 || index >= regions.length ? null : regions[index];
  }

  public RegionLayout layout() {
    return layout;
  }

  /** Says what is behind the indexes. Not thread-safe. */
  public static final class Builder {
    private final PciConfigSpace config;
    private final boolean packed;
    private final List<RegionLayout.Place> places = new ArrayList<>();
    private @Nullable Region[] regions = new Region[FIXED];
    private int count = FIXED;
    private long end;

    private Builder(PciConfigSpace config, boolean packed) {
      this.config = config;
      this.packed = packed;
      Arrays.fill(
          regions,
          packed
              ? Region.ABSENT
              // Its reach of 0 keeps every access away from what stands behind it.
              : new Region.Registers(0, Region.READ | Region.WRITE, List.of(), 4, 0, config));
      region(CONFIG, config.region());
    }

    /**
     * States a region; one of 9 and up raises the number of regions.
     *
     * @throws IllegalArgumentException if it is behind a BAR of another size
     */
    public Builder region(int index, Region region) {
      if (index <= LAST_BAR && region.size() != config.bar(index).size()) {
        throw new IllegalArgumentException(
            "BAR %d asks for %d bytes, but its region has %d"
                .formatted(index, config.bar(index).size(), region.size()));
      }
      put(index, region);
      count = Math.max(count, index + 1);
      places.add(new RegionLayout.Place(index, end, region.size()));
      end = (end + region.size() + PAGE - 1) / PAGE * PAGE;
      return this;
    }

    /**
     * States that the region of index {@code of} can be found under {@code index} too, which
     * GET_INFO does not count.
     */
    public Builder alias(int index, int of) {
      put(index, regions[of]);
      places.stream()
          .filter(place -> place.index() == of)
          .findFirst()
          .ifPresent(
              place -> places.add(new RegionLayout.Place(index, place.offset(), place.size())));
      return this;
    }

    public PciRegions build() {
      for (int i = 0; i <= LAST_BAR; i++) {
        Region region = regions[i];
        if (region == null || region.size() != config.bar(i).size()) {
          throw new IllegalArgumentException("there is no region behind BAR " + i);
        }
      }
      return new PciRegions(
          count,
          regions.clone(),
          packed
              ? RegionLayout.packed(places.toArray(RegionLayout.Place[]::new))
              : RegionLayout.shifted(SHIFT));
    }

    private void put(int index, @Nullable Region region) {
      if (index >= regions.length) {
        regions = Arrays.copyOf(regions, index + 1);
      }
      regions[index] = region;
    }
  }
}
