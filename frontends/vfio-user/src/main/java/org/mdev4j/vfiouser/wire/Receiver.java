package org.mdev4j.vfiouser.wire;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.posix.Descriptor;
import org.mdev4j.vfiouser.posix.UnixSocket;

/**
 * Cuts the stream into messages, and gives each the descriptors that came with its first byte.
 *
 * <h2>How much to receive at once</h2>
 *
 * The kernel hands descriptors out with whatever bytes a receive gets, also those in front of the
 * message that they came with, but never together with bytes behind it. Receiving 16 bytes, then
 * the rest, keeps them apart and costs two calls. We ask for {@value #USUAL} bytes at first, which
 * is a whole read of a region, and the little more that a write of a register has if one was just
 * received. What then lies beyond the message is the beginning of the next; and since no message
 * that short carries descriptors, they are that one's.
 *
 * <p>Not thread-safe: one message at a time, {@link #header} and then {@link #body}.
 */
final class Receiver implements AutoCloseable {
  private static final int USUAL = 32;
  private static final int LARGEST_REGISTER = USUAL + Long.BYTES;

  private final UnixSocket socket;
  private final List<Descriptor> aheadDescriptors = new ArrayList<>();
  private final List<Descriptor> arrived = new ArrayList<>();
  private final MemorySegment ahead = MemorySegment.ofArray(new byte[USUAL]);
  private int aheadSize;
  private int have;
  private int expected = USUAL;

  /** Receives in a row that may get nothing within a message, and that did. */
  private final long patience;

  private long quiet;

  /**
   * @param socket of which a receive gives up after {@code wait}
   * @param stall how long the other side may be silent within a message
   */
  Receiver(UnixSocket socket, Duration wait, Duration stall) {
    this.socket = socket;
    patience = stall.plus(wait).minusNanos(1).dividedBy(wait);
  }

  /** What a wait for a message came to. */
  enum Arrival {
    /** The header is there. */
    MESSAGE,
    /** The time that a receive waits has passed. */
    NOTHING,
    /** The other side has hung up. */
    END
  }

  /**
   * Waits for a message and receives its header, at least.
   *
   * @throws ErrnoException {@code ENOTCONN} if it did within the header, {@code ETIMEDOUT} if it
   *     stalls there, {@code EBADMSG} if descriptors were lost, or too many came
   */
  Arrival header(Message into) {
    into.closeDescriptors();
    MemorySegment bytes = into.room(LARGEST_REGISTER);
    have = aheadSize;
    if (aheadSize > 0) {
      MemorySegment.copy(ahead, 0, bytes, 0, aheadSize);
      aheadSize = 0;
      into.descriptors().addAll(aheadDescriptors);
      aheadDescriptors.clear();
    }
    while (have < Header.SIZE) {
      int received = socket.receive(bytes, have, expected - have, arrived);
      if (received > 0) {
        quiet = 0;
        have += received;
        sort(into, bytes);
      } else if (have > 0) {
        checkBroken(received);
      } else {
        return received == 0 ? Arrival.END : Arrival.NOTHING;
      }
    }
    return Arrival.MESSAGE;
  }

  /** Says whose the descriptors are, and puts aside what belongs to the next message. */
  private void sort(Message into, MemorySegment bytes) {
    long size = have < Header.SIZE ? have : Math.max(Header.SIZE, Header.size(bytes));
    boolean beyond = have > size;
    if (beyond) {
      aheadSize = (int) (have - size);
      MemorySegment.copy(bytes, size, ahead, 0, aheadSize);
      have = (int) size;
    }
    if (!arrived.isEmpty()) {
      (beyond ? aheadDescriptors : into.descriptors()).addAll(arrived);
      arrived.clear();
      checkDescriptors(into);
    }
  }

  /** A sender may add descriptors to each byte: they are this process's, of which all have few. */
  private static void checkDescriptors(Message into) {
    if (into.descriptors().size() > UnixSocket.MOST_DESCRIPTORS) {
      throw new ErrnoException(
          Errno.EBADMSG, into.descriptors().size() + " file descriptors came with a message");
    }
  }

  /**
   * Receives the rest of a message. One of which the size is wrong has no rest: see {@link
   * Message#fault}.
   *
   * @throws ErrnoException as {@link #header}
   */
  void body(Message into) {
    into.settle();
    if (into.fault() != null) {
      return;
    }
    int size = into.size();
    MemorySegment bytes = into.room(size);
    while (have < size) {
      int received = socket.receive(bytes, have, size - have, into.descriptors());
      if (received > 0) {
        quiet = 0;
        have += received;
        checkDescriptors(into);
      } else {
        checkBroken(received);
      }
    }
    boolean access =
        into.command() == Command.REGION_WRITE || into.command() == Command.REGION_READ;
    expected = access ? Math.clamp(size, USUAL, LARGEST_REGISTER) : USUAL;
  }

  /** Within a message: the end, or one more wait that came to nothing. */
  private void checkBroken(int received) {
    if (received == 0) {
      throw new ErrnoException(Errno.ENOTCONN, "the other side hung up within a message");
    }
    if (++quiet >= patience) {
      throw new ErrnoException(Errno.ETIMEDOUT, "the other side stalls within a message");
    }
  }

  /** Closes descriptors that belong to no message yet. */
  @Override
  public void close() {
    aheadDescriptors.forEach(Descriptor::close);
    aheadDescriptors.clear();
    arrived.forEach(Descriptor::close);
    arrived.clear();
  }
}
