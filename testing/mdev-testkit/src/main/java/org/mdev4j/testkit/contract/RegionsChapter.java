package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.vfio.Mapping;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.model.Region;

/** Chapter 5: regions are what GET_REGION_INFO says of them. */
interface RegionsChapter extends Contract {
  @Test
  @DisplayName(
      "5.1 required: there is an info for each region index, and none beyond"
          + " (spec/vfio.md 4.2, 4.3)")
  default void regions_infos(TestHost host) {
    Contract.withEachType(
        host,
        (type, user) -> {
          List<RegionInfo> infos = user.regions();
          for (RegionInfo info : infos) {
            assertThat(info.size())
                .as("size of region %d of a %s: no region is that large", info.index(), type)
                .isNotNegative();
            RegionInfo again = user.region(info.index());
            assertThat(List.of(again.size(), again.offset(), (long) again.flags()))
                .as(
                    "size, offset and flags of region %d of a %s, at a second look: return the same"
                        + " Region each time, made when the device is made",
                    info.index(), type)
                .isEqualTo(List.of(info.size(), info.offset(), (long) info.flags()));
          }
          Contract.assertNoSuchIndex(infos.size(), () -> user.region(infos.size()));
          Contract.assertNoSuchIndex(infos.size(), () -> user.region(-1));
        });
  }

  @Test
  @DisplayName("5.2 required: regions do not overlap in the device file (spec/vfio.md 4.1)")
  default void regions_apart(TestHost host) {
    Contract.withEachType(
        host,
        (type, user) -> {
          List<RegionInfo> infos = user.regions().stream().filter(info -> info.size() > 0).toList();
          for (RegionInfo one : infos) {
            for (RegionInfo other : infos) {
              assertThat(
                      one.index() == other.index()
                          || one.offset() + one.size() <= other.offset()
                          || other.offset() + other.size() <= one.offset())
                  .as(
                      "regions %d and %d of a %s are apart: see VfioDevice.layout",
                      one.index(), other.index(), type)
                  .isTrue();
            }
          }
        });
  }

  @Test
  @DisplayName(
      "5.3 required: a region that says so is read and written, and no other"
          + " (spec/vfio.md 4.3)")
  default void regions_flags(TestHost host) {
    Contract.withEachType(
        host,
        (type, user) -> {
          for (RegionInfo info : user.regions()) {
            if (info.size() > 0) {
              String which = "region " + info.index() + " of a " + type;
              assertRead(which, (info.flags() & Region.READ) != 0, Accesses.reads(user, info));
              assertWritten(
                  which,
                  (info.flags() & Region.WRITE) != 0,
                  refusesWrites(info.index()),
                  Accesses.writes(user, info));
            }
          }
        });
  }

  @Test
  @DisplayName(
      "5.4 required: an access beyond a region's end is refused or cut short"
          + " (spec/vfio.md 4.1)")
  default void regions_end(TestHost host) {
    Contract.onlyIf(!answersBeyondRegions(), "the device answers beyond its regions");
    Contract.withEachType(
        host,
        (_, user) -> {
          for (RegionInfo info : user.regions()) {
            if (info.size() > 0) {
              outside(user, info.offset() + info.size() - 1, 2, 1);
              outside(user, info.offset() + info.size(), 1, 0);
              outside(user, info.offset() + (1L << 32), 1, 0);
            }
          }
        });
  }

  @Test
  @DisplayName("5.5 required: an access in no region is refused (spec/vfio.md 4.1)")
  default void regions_outside(TestHost host) {
    try (DeviceUser user = host.open(Contract.someDevice(host))) {
      for (long position : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE - 1, 1L << 62}) {
        outside(user, position, 1, 0);
      }
    }
  }

  @Test
  @DisplayName(
      "5.6 required: a region that says MMAP is mapped and shows the same bytes; no other"
          + " is mapped (spec/vfio.md 4.3)")
  default void regions_mapped(TestHost host) {
    int page = 4096;
    try (DeviceUser user = host.open(Contract.someDevice(host))) {
      for (RegionInfo info : user.regions()) {
        if ((info.flags() & Region.MMAP) == 0) {
          assertThat(
                  Contract.refusalOf(
                      "mapping region " + info.index(),
                      () -> user.file().map(info.offset(), page, true).close()))
              .as("errno of mapping region %d, which does not say MMAP", info.index())
              .isEqualTo(Errno.EINVAL);
        } else if ((info.flags() & RegionInfo.CAPS) == 0 && info.size() >= page) {
          try (Mapping mapping = user.file().map(info.offset(), page, true)) {
            byte[] mapped = mapping.segment().toArray(ValueLayout.JAVA_BYTE);
            assertThat(Arrays.mismatch(mapped, user.read(info.offset(), page)))
                .as("where mapped memory of region %d differs from what is read", info.index())
                .isEqualTo(-1);
          }
        }
      }
    }
  }

  private static void assertRead(String which, boolean says, List<String> reads) {
    if (says) {
      assertThat(reads)
          .as(
              "reads of %s, of which one is answered: refuse what makes no sense, or do not say"
                  + " READ",
              which)
          .isNotEmpty();
    } else {
      assertThat(reads)
          .as("reads of %s, which is without READ: refuse them, or say READ", which)
          .isEmpty();
    }
  }

  private static void assertWritten(
      String which, boolean says, boolean mayRefuse, List<String> writes) {
    if (!says) {
      assertThat(writes)
          .as("writes to %s, which is without WRITE: refuse them, or say WRITE", which)
          .isEmpty();
    } else if (!mayRefuse) {
      assertThat(writes)
          .as(
              "writes to %s, of which one is taken: do not say WRITE of what is read only; of a"
                  + " region that takes only what makes sense to it override"
                  + " DriverContract.refusesWrites",
              which)
          .isNotEmpty();
    }
  }

  private static boolean isInRegion(DeviceUser user, long position) {
    return user.regions().stream()
        .anyMatch(info -> position >= info.offset() && position - info.offset() < info.size());
  }

  /** Accesses {@code size} bytes of which only {@code inside} are in a region. */
  private static void outside(DeviceUser user, long position, int size, int inside) {
    if (isInRegion(user, position + inside)) {
      return; // The next region begins right there.
    }
    String where = " of %d bytes at 0x%x, which is beyond a region".formatted(size, position);
    int[] done = new int[1];
    Errno read =
        Contract.refusalOf("a read" + where, () -> done[0] = user.read(position, size).length);
    assertThat(read != null || done[0] <= inside)
        .as("a read%s, is refused or cut short: check the offset", where)
        .isTrue();
    Errno written =
        Contract.refusalOf(
            "a write" + where, () -> done[0] = (int) user.write(position, new byte[size]));
    assertThat(written != null || done[0] <= inside)
        .as("a write%s, is refused or cut short: check the offset", where)
        .isTrue();
  }
}
