package org.mdev4j.vfiouser.server;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.migration.MigrationFeatures;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/** DEVICE_FEATURE ({@code spec/vfio-user.md} 3.9), for devices that can migrate. */
final class FeatureCommands {
  private static final int FIELDS = 8;
  private static final int INDEX = 0xffff;
  private static final int GET = 0x10000;
  private static final int SET = 0x20000;
  private static final int PROBE = 0x40000;

  private static final int MIGRATION = 1;
  private static final int STATE = 2;
  private static final int LOG_START = 6;
  private static final int LOG_STOP = 7;
  private static final int LOG_REPORT = 8;

  private static final int SMALL_SIZE = 16;
  private static final int REPORT_SIZE = 32;

  private final MigrationStream migration;
  private final DmaCommands memory;

  FeatureCommands(MigrationStream migration, DmaCommands memory) {
    this.migration = migration;
    this.memory = memory;
  }

  void handle(Message request, Reply reply) {
    request.require(FIELDS);
    var _ = migration.required();
    int flags = request.u32(4);
    check(flags);
    long argsz = request.unsigned(0);
    boolean get = (flags & GET) != 0 && (flags & PROBE) == 0;
    if (!get && argsz < request.length()) {
      throw invalid("argsz " + argsz + " is less than the request");
    }
    if (get) {
      get(flags & INDEX, argsz, request, reply);
      return;
    }
    if ((flags & PROBE) == 0) {
      set(flags & INDEX, request);
    }
    reply.copy(request, request.length());
  }

  private static void check(int flags) {
    int operations =
        switch (flags & INDEX) {
          case MIGRATION, LOG_REPORT -> GET;
          case STATE -> GET | SET;
          case LOG_START, LOG_STOP -> SET;
          default -> 0;
        };
    int asked = flags & (GET | SET);
    boolean probe = (flags & PROBE) != 0;
    if (operations == 0
        || (flags & ~(INDEX | GET | SET | PROBE)) != 0
        || (asked & ~operations) != 0
        || (!probe && Integer.bitCount(asked) != 1)) {
      throw invalid("no feature for flags 0x" + Integer.toHexString(flags));
    }
  }

  private void get(int feature, long argsz, Message request, Reply reply) {
    if (argsz < SMALL_SIZE) {
      throw invalid("argsz " + argsz + " has no room for the feature");
    }
    switch (feature) {
      case MIGRATION -> {
        begin(reply, SMALL_SIZE, request);
        int known = MigrationFeatures.STOP_COPY | MigrationFeatures.PRE_COPY;
        reply.u64(8, migration.required().features().flags() & known);
      }
      case STATE -> {
        begin(reply, SMALL_SIZE, request);
        reply.u32(8, migration.state().number());
        reply.u32(12, 0);
      }
      default -> report(argsz, request, reply);
    }
  }

  private void set(int feature, Message request) {
    switch (feature) {
      case STATE -> {
        request.require(SMALL_SIZE);
        migration.set(request.unsigned(8));
      }
      case LOG_START -> {
        request.require(FIELDS + 16);
        memory.log().start(request.u64(8), memory.total());
      }
      default -> memory.log().stop();
    }
  }

  private void report(long argsz, Message request, Reply reply) {
    request.require(REPORT_SIZE);
    long iova = request.u64(8);
    long length = request.u64(16);
    long page = request.u64(24);
    int bitmap = (int) DirtyLog.bitmapSize(length, page);
    if (argsz < REPORT_SIZE + bitmap) {
      throw invalid("argsz " + argsz + " for a bitmap of " + bitmap + " bytes");
    }
    GuestRegion region = memory.at(iova);
    if (region == null) {
      throw new ErrnoException(Errno.ENOENT, "0x%x is in no region".formatted(iova));
    }
    if (region.iova() != iova || Long.compareUnsigned(length, region.size()) > 0) {
      throw new ErrnoException(
          Errno.EOPNOTSUPP, "only the pages from the start of a region, and of one, are told");
    }
    memory.log().checkReport(region, page);
    begin(reply, REPORT_SIZE + bitmap, request);
    reply.data(FIELDS, REPORT_SIZE - FIELDS).copyFrom(request.data(FIELDS, REPORT_SIZE - FIELDS));
    memory.log().report(region, page, reply.data(REPORT_SIZE, bitmap));
  }

  private static void begin(Reply reply, int size, Message request) {
    reply.setLength(size);
    reply.u32(0, size);
    reply.u32(4, request.u32(4));
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
