package org.mdev4j.testkit.contract;

import java.util.Random;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.model.Region;

/**
 * A user who writes everywhere: to the begin and the end of every region that can be written, in
 * units of several sizes. What is refused is passed over.
 */
final class Scribble {
  /** Of a large region only so much of the begin is written. */
  static final int REACH = 4096;

  /** Of a large region so much of the end is written. */
  static final int TAIL = 16;

  private static final long SEED = 20211;

  private Scribble() {}

  static void over(DeviceUser user) {
    over(user, new Random(SEED));
  }

  static void over(DeviceUser user, Random random) {
    for (RegionInfo region : user.regions()) {
      if ((region.flags() & Region.WRITE) != 0 && region.size() > 0) {
        over(user, region, random);
      }
    }
  }

  private static void over(DeviceUser user, RegionInfo region, Random random) {
    int reach = (int) Math.min(region.size(), REACH);
    for (int at = 0; at + Integer.BYTES <= reach; at += Integer.BYTES) {
      write(user, region, at, random, Integer.BYTES);
    }
    for (int at = 0; at < Math.min(reach, TAIL); at++) {
      write(user, region, at, random, 1);
    }
    write(user, region, 0, random, reach);
    if (region.size() > reach) {
      int tail = (int) Math.min(region.size() - reach, TAIL);
      write(user, region, region.size() - tail, random, tail);
    }
  }

  private static void write(
      DeviceUser user, RegionInfo region, long offset, Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    var _ =
        Contract.refusalOf(
            "a write of %d bytes at offset 0x%x of region %d"
                .formatted(size, offset, region.index()),
            () -> user.write(region.offset() + offset, bytes));
  }
}
