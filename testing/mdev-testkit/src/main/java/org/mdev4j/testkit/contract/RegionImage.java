package org.mdev4j.testkit.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.model.Region;

/**
 * What a user sees who looks into every region that can be read. Of a large region it is the begin
 * and the end, as {@link Scribble} writes.
 *
 * @param bytes by the place where they begin; a byte whose read is refused is {@link #REFUSED}
 */
record RegionImage(Map<Place, int[]> bytes) {
  /**
   * Where bytes are.
   *
   * @param region index of the region
   * @param offset in the region
   */
  record Place(int region, long offset) {}

  /** No byte's value. */
  static final int REFUSED = -1;

  private static final int UNIT = 4;
  private static final int LOOKS = 64;

  static RegionImage of(DeviceUser user) {
    Map<Place, int[]> bytes = new LinkedHashMap<>();
    for (RegionInfo region : user.regions()) {
      int index = region.index();
      if ((region.flags() & Region.READ) != 0 && region.size() > 0) {
        int begin = (int) Math.min(region.size(), Scribble.REACH);
        bytes.put(new Place(index, 0), read(user, region, 0, begin));
        if (region.size() > begin) {
          int tail = (int) Math.min(region.size() - begin, Scribble.TAIL);
          long at = region.size() - tail;
          bytes.put(new Place(index, at), read(user, region, at, tail));
        }
      }
    }
    return new RegionImage(bytes);
  }

  /**
   * What a user sees who has looked so often that looking changes nothing any more, as it does of a
   * queue. A device that shows time or chance never comes to that: it is its last state then.
   */
  static RegionImage settled(DeviceUser user) {
    RegionImage last = of(user);
    for (int look = 0; look < LOOKS; look++) {
      RegionImage next = of(user);
      if (next.differences(last, next).isEmpty()) {
        return next;
      }
      last = next;
    }
    return last;
  }

  /** The same without the regions that {@code unwanted} picks. */
  RegionImage without(IntPredicate unwanted) {
    Map<Place, int[]> wanted = new LinkedHashMap<>(bytes);
    wanted.keySet().removeIf(place -> unwanted.test(place.region));
    return new RegionImage(wanted);
  }

  /** Whether there is nothing that can be read. */
  boolean isEmpty() {
    return bytes.isEmpty();
  }

  /**
   * Where {@code other} differs, but for bytes that differ in {@code twin} as well: those show time
   * or chance. A sentence for the first in each place.
   */
  List<String> differences(RegionImage other, RegionImage twin) {
    List<String> found = new ArrayList<>();
    bytes.forEach(
        (place, mine) -> {
          int[] others = other.bytes.getOrDefault(place, new int[0]);
          int[] twins = twin.bytes.getOrDefault(place, new int[0]);
          for (int at = 0; at < mine.length; at++) {
            boolean steady = at < twins.length && mine[at] == twins[at];
            if (at >= others.length || (mine[at] != others[at] && steady)) {
              found.add(
                  "region %d, offset 0x%x: %s, and was %s"
                      .formatted(
                          place.region, place.offset + at, shown(others, at), shown(mine, at)));
              return;
            }
          }
        });
    return found;
  }

  private static String shown(int[] bytes, int at) {
    return at >= bytes.length || bytes[at] == REFUSED
        ? "not to be read"
        : "0x%02x".formatted(bytes[at]);
  }

  /** Reads bytes from {@code from} on, as a whole or, if that is refused, in small units. */
  private static int[] read(DeviceUser user, RegionInfo region, long from, int size) {
    int[] values = new int[size];
    Arrays.fill(values, REFUSED);
    if (!read(user, region, from, 0, size, values)) {
      for (int at = 0; at < size; at += UNIT) {
        var _ = read(user, region, from, at, Math.min(UNIT, size - at), values);
      }
    }
    return values;
  }

  private static boolean read(
      DeviceUser user, RegionInfo region, long from, int at, int size, int[] into) {
    long offset = from + at;
    @Nullable Errno refusal =
        Contract.refusalOf(
            "a read of %d bytes at offset 0x%x of region %d"
                .formatted(size, offset, region.index()),
            () -> {
              byte[] read = user.read(region.offset() + offset, size);
              for (int i = 0; i < read.length; i++) {
                into[at + i] = Byte.toUnsignedInt(read[i]);
              }
            });
    return refusal == null;
  }
}
