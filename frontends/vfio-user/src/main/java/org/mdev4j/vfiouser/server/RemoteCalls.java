package org.mdev4j.vfiouser.server;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.wire.Channel;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/**
 * Copies from and to a client's memory of which we have no file: DMA_READ and DMA_WRITE ({@code
 * spec/vfio-user.md} 3.14).
 *
 * <p>Thread-safe: the monitor is held during a copy, so one at a time is under way. Copies fail
 * with {@code ENOTCONN} once it is closed.
 */
final class RemoteCalls implements AutoCloseable {
  private static final int FIELDS = 16;

  private final Channel channel;
  private final int largest;
  private final Reply request = new Reply();
  private final Message answer = new Message();

  /**
   * @param channel where our commands go
   * @param transfer bytes that the client takes at most at once
   */
  RemoteCalls(Channel channel, int transfer) {
    this.channel = channel;
    largest = Math.min(transfer, Header.MAX_TRANSFER);
  }

  synchronized void read(long address, MemorySegment into) {
    for (long done = 0; done < into.byteSize(); ) {
      int count = (int) Math.min(largest, into.byteSize() - done);
      begin(address + done, count, FIELDS);
      channel.call(Command.DMA_READ, request, answer);
      check(answer.length() == FIELDS + count && isFor(address + done, count));
      into.asSlice(done, count).copyFrom(answer.data(FIELDS, count));
      done += count;
    }
  }

  synchronized void write(long address, MemorySegment from) {
    for (long done = 0; done < from.byteSize(); ) {
      int count = (int) Math.min(largest, from.byteSize() - done);
      begin(address + done, count, FIELDS + count);
      request.data(FIELDS, count).copyFrom(from.asSlice(done, count));
      channel.call(Command.DMA_WRITE, request, answer);
      // Clients exist that reply with the header alone.
      check(answer.length() == 0 || isFor(address + done, count));
      done += count;
    }
  }

  private void begin(long address, int count, int length) {
    request.clear();
    request.setLength(length);
    request.u64(0, address);
    request.u64(8, count);
  }

  private boolean isFor(long address, int count) {
    return answer.length() >= FIELDS && answer.u64(0) == address && answer.u64(8) == count;
  }

  private void check(boolean right) {
    answer.closeDescriptors();
    if (!right) {
      throw new ErrnoException(Errno.EINVAL, "a reply to something else than was asked");
    }
  }

  /** Frees its memory, once a copy under way has ended: shut the channel down before. */
  @Override
  public synchronized void close() {
    request.close();
    answer.close();
  }
}
