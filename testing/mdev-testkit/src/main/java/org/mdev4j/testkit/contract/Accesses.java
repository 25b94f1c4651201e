package org.mdev4j.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.vfio.RegionInfo;

/**
 * Accesses to the begin of a region in every size that a device may take: 1, 2, 4 and 8 bytes, and
 * the region as a whole, unless it is large.
 */
final class Accesses {
  private Accesses() {}

  /** The reads that bring something, in words. */
  static List<String> reads(DeviceUser user, RegionInfo region) {
    List<String> answered = new ArrayList<>();
    for (int size : sizes(region)) {
      String read = what("read", size, region);
      int[] done = new int[1];
      Errno refusal =
          Contract.refusalOf(read, () -> done[0] = user.read(region.offset(), size).length);
      if (refusal == null && done[0] > 0) {
        answered.add(read);
      }
    }
    return answered;
  }

  /** The writes that are taken, in words. What is written is what was read, or zeros. */
  static List<String> writes(DeviceUser user, RegionInfo region) {
    List<String> taken = new ArrayList<>();
    for (int size : sizes(region)) {
      byte[] bytes = new byte[size];
      var _ =
          Contract.refusalOf(
              what("read", size, region),
              () -> {
                byte[] read = user.read(region.offset(), size);
                System.arraycopy(read, 0, bytes, 0, read.length);
              });
      String write = what("write", size, region);
      long[] done = new long[1];
      Errno refusal = Contract.refusalOf(write, () -> done[0] = user.write(region.offset(), bytes));
      if (refusal == null && done[0] > 0) {
        taken.add(write);
      }
    }
    return taken;
  }

  private static int[] sizes(RegionInfo region) {
    return IntStream.concat(
            IntStream.of(1, 2, 4, 8),
            IntStream.of((int) Math.min(region.size(), Scribble.REACH + 1)))
        .filter(size -> size <= region.size() && size <= Scribble.REACH)
        .distinct()
        .toArray();
  }

  private static String what(String access, int size, RegionInfo region) {
    return "a %s of %d bytes of region %d".formatted(access, size, region.index());
  }
}
