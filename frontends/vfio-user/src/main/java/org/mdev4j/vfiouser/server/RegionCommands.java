package org.mdev4j.vfiouser.server;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/** Reads and writes of regions ({@code spec/vfio-user.md} 3.8, 3.13): the hot path. */
final class RegionCommands {
  private static final int FIELDS = 16;
  private static final int ENTRY_SIZE = 24;
  private static final int ENTRIES = 8;
  private static final int MOST_OF_ENTRY = 8;

  private final DeviceFile device;
  private final boolean writeMultiple;
  private final List<DeviceFile.Placed> regions = new ArrayList<>();

  RegionCommands(DeviceFile device, ClientTerms client) {
    this.device = device;
    writeMultiple = client.writeMultiple();
    int count = device.info(FIELDS).regions();
    for (int i = 0; i < count; i++) {
      regions.add(device.region(i));
    }
  }

  /** REGION_READ. */
  void read(Message request, Reply reply) {
    request.require(FIELDS);
    int count = request.u32(12);
    long position = position(request, 0, count, Region.READ);
    if (count == 0) {
      return;
    }
    reply.setLength(FIELDS + count);
    reply.data(0, FIELDS).copyFrom(request.data(0, FIELDS));
    checkAll(device.read(position, reply.data(FIELDS, count)), count);
  }

  /** REGION_WRITE. */
  void write(Message request, Reply reply) {
    request.require(FIELDS);
    int count = request.u32(12);
    if (request.length() - FIELDS != count) {
      throw new ErrnoException(
          Errno.EINVAL, "a write of " + Integer.toUnsignedString(count) + " bytes with other data");
    }
    long position = position(request, 0, count, Region.WRITE);
    if (count == 0) {
      return;
    }
    checkAll(device.write(position, request.data(FIELDS, count)), count);
    reply.copy(request, FIELDS);
  }

  /** REGION_WRITE_MULTI: in order, up to the first that is refused. */
  void writeMultiple(Message request, Reply reply) {
    if (!writeMultiple) {
      throw new ErrnoException(Errno.EINVAL, "write_multiple was not agreed on");
    }
    request.require(ENTRIES);
    long entries = request.u64(0);
    if ((request.length() - ENTRIES) % ENTRY_SIZE != 0
        || entries != (request.length() - ENTRIES) / ENTRY_SIZE) {
      throw new ErrnoException(
          Errno.EINVAL, Long.toUnsignedString(entries) + " writes in " + request.length());
    }
    long done = 0;
    try {
      for (; done < entries; done++) {
        writeEntry(request, (int) (ENTRIES + done * ENTRY_SIZE));
      }
    } catch (ErrnoException refused) {
      if (done == 0) {
        throw refused;
      }
    }
    reply.setLength(ENTRIES);
    reply.u64(0, done);
  }

  private void writeEntry(Message request, int at) {
    int count = request.u32(at + 12);
    if (Integer.compareUnsigned(count, MOST_OF_ENTRY) > 0) {
      throw new ErrnoException(Errno.EINVAL, "a write of more than 8 bytes among several");
    }
    long position = position(request, at, count, Region.WRITE);
    if (count > 0) {
      MemorySegment data = request.data(at + FIELDS, count);
      checkAll(device.write(position, data), count);
    }
  }

  /** Where the access is in the device file: offset, region and count are at {@code at}. */
  private long position(Message request, int at, int count, int direction) {
    long offset = request.u64(at);
    int index = request.u32(at + 8);
    if (index < 0 || index >= regions.size() || Integer.compareUnsigned(count, MOST) > 0) {
      throw refused(offset, index, count);
    }
    DeviceFile.Placed placed = regions.get(index);
    long size = placed.region().size();
    if (offset < 0
        || offset > size
        || count > size - offset
        || (placed.region().flags() & direction) == 0) {
      throw refused(offset, index, count);
    }
    return placed.offset() + offset;
  }

  private static final int MOST = Header.MAX_TRANSFER;

  private static ErrnoException refused(long offset, int index, int count) {
    return new ErrnoException(
        Errno.EINVAL,
        "no access to %s bytes at 0x%x of region %s"
            .formatted(Integer.toUnsignedString(count), offset, Integer.toUnsignedString(index)));
  }

  private static void checkAll(long done, int count) {
    if (done < count) {
      throw new ErrnoException(Errno.EINVAL, "the device took " + done + " of " + count + " bytes");
    }
  }
}
