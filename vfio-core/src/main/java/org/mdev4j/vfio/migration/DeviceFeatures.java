package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * DEVICE_FEATURE of one open device ({@code spec/vfio.md} 4.10): finds the feature by its index and
 * checks everything that does not depend on which it is.
 *
 * <p>Whoever has no pointers and file descriptors to deal with goes to {@link Migration} and {@link
 * DmaLogging} directly.
 *
 * <p>Thread-safe and immutable; what it calls is thread-safe.
 */
public final class DeviceFeatures {
  /** Bytes of the user's structure before the feature's own: {@code argsz} and {@code flags}. */
  public static final int HEADER_SIZE = 8;

  /** Bits of the flags that hold the feature's index. */
  public static final int INDEX = 0xffff;

  public static final int GET = 0x10000;
  public static final int SET = 0x20000;
  public static final int PROBE = 0x40000;

  private final Map<Integer, Feature> features;

  /**
   * @param migration null if the device can't be migrated
   * @param logging null if it keeps no log of what it writes
   */
  public DeviceFeatures(@Nullable Migration migration, @Nullable DmaLogging logging) {
    Map<Integer, Feature> all = new HashMap<>();
    if (migration != null) {
      all.putAll(new MigrationRequests(migration).features());
    }
    if (logging != null) {
      all.putAll(new LoggingRequests(logging).features());
    }
    features = Map.copyOf(all);
  }

  /**
   * Does one request. Answers are written into {@code data}; also when a change of state is
   * refused, for then {@code data_fd} is -1.
   *
   * @param argsz size in bytes that the user gave for header and data, unsigned
   * @param flags index and operations
   * @param data what follows the header in the user's memory, to be read and written: {@code argsz
   *     - 8} bytes, or as many of them as are accessible; not touched by a probe
   * @param files where a data file goes
   * @param memory where the pointers in {@code data} lead
   * @throws ErrnoException {@code ENOTTY} if the device does not have the feature; {@code EINVAL}
   *     for an {@code argsz} too small, unknown flags, {@code GET} and {@code SET} at once but in a
   *     probe, neither of them, one that the feature does not have; {@code EFAULT} for memory that
   *     is not accessible; else what the feature says
   */
  public void request(
      int argsz, int flags, MemorySegment data, DataFiles files, UserMemory memory) {
    checkHeader(argsz, flags);
    Feature feature = features.get(flags & INDEX);
    if (feature == null) {
      throw new ErrnoException(Errno.ENOTTY, "the device has no feature " + (flags & INDEX));
    }
    int operations = flags & (GET | SET);
    if ((operations & ~feature.operations()) != 0) {
      throw invalid("an operation that the feature does not have", flags);
    }
    if ((flags & PROBE) != 0) {
      return;
    }
    if (operations == 0) {
      throw invalid("no operation", flags);
    }
    if (Integer.toUnsignedLong(argsz) - HEADER_SIZE < feature.size()) {
      throw new ErrnoException(
          Errno.EINVAL,
          "argsz " + argsz + " is too small for " + feature.size() + " bytes of data");
    }
    if (data.byteSize() < feature.size()) {
      throw new ErrnoException(Errno.EFAULT, "the data of the feature is not accessible");
    }
    feature.action().run(new Feature.Request(flags, data, files, memory));
  }

  private static void checkHeader(int argsz, int flags) {
    if (Integer.compareUnsigned(argsz, HEADER_SIZE) < 0) {
      throw new ErrnoException(Errno.EINVAL, "argsz " + argsz + " has no room for the header");
    }
    if ((flags & ~(INDEX | GET | SET | PROBE)) != 0) {
      throw invalid("unknown flags", flags);
    }
    if ((flags & (GET | SET | PROBE)) == (GET | SET)) {
      throw invalid("GET and SET at once", flags);
    }
  }

  private static ErrnoException invalid(String what, int flags) {
    return new ErrnoException(Errno.EINVAL, what + " in flags 0x" + Integer.toHexString(flags));
  }
}
