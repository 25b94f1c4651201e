package org.mdev4j.vfiouser.client;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Reply;

/** The regions of a remote device. */
final class RemoteRegions {
  private static final int FIELDS = 16;

  private RemoteRegions() {}

  static Region of(RemoteDevice device, int index, RemoteInfo.RemoteRegion told) {
    if (told.size() == 0) {
      return Region.ABSENT;
    }
    if (told.mapped()) {
      return new Region.Memory(
          told.size(),
          told.flags() | Region.MMAP,
          told.capabilities(),
          () -> device.use().mapped(index));
    }
    return new Region.Whole(
        told.size(), told.flags(), told.capabilities(), new ByMessages(device, index));
  }

  /** Each access is a message, as its user made it: the server splits it for the device. */
  private record ByMessages(RemoteDevice device, int index) implements Region.WholeAccess {
    @Override
    public long read(long offset, UserBuffer destination) {
      Connection connection = device.use().connection();
      for (long done = 0; done < destination.size(); ) {
        int count = (int) Math.min(connection.transfer(), destination.size() - done);
        long from = offset + done;
        long at = done;
        connection.call(
            Command.REGION_READ,
            request -> begin(request, from, count, 0),
            reply -> {
              if (reply.length() != FIELDS + count) {
                throw new ErrnoException(Errno.EPROTO, reply.length() + " bytes for " + count);
              }
              destination.copyTo(at, reply.data(FIELDS, count));
              return reply;
            });
        done += count;
      }
      return destination.size();
    }

    @Override
    public long write(long offset, UserBuffer source) {
      Connection connection = device.use().connection();
      for (long done = 0; done < source.size(); ) {
        int count = (int) Math.min(connection.transfer(), source.size() - done);
        long to = offset + done;
        long at = done;
        connection.call(
            Command.REGION_WRITE,
            request -> {
              begin(request, to, count, count);
              source.copyFrom(at, request.data(FIELDS, count));
            });
        done += count;
      }
      return source.size();
    }

    private void begin(Reply request, long offset, int count, int data) {
      request.setLength(FIELDS + data);
      request.u64(0, offset);
      request.u32(8, index);
      request.u32(12, count);
    }
  }
}
