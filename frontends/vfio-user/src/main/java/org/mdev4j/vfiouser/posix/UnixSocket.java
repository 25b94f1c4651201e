package org.mdev4j.vfiouser.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A connected UNIX stream socket that carries bytes and file descriptors. Calls block in the
 * kernel, so they want a platform thread.
 *
 * <h2>Thread safety</h2>
 *
 * One thread at a time may receive, the owner sees to that; sending is serialised here. {@link
 * #shutdown} wakes both from any thread. {@link #close} is for when nobody receives any more: a
 * descriptor that was closed under a reader might be somebody else's by now.
 */
public final class UnixSocket implements AutoCloseable {
  /** The most descriptors that Linux lets one message carry. */
  public static final int MOST_DESCRIPTORS = 253;

  private static final int FAMILY = 1;
  private static final int STREAM = 1;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int SOCKET_LEVEL = 1;
  private static final int PASS_DESCRIPTORS = 1;
  private static final int RECEIVE_TIMEOUT = 20;
  private static final int SEND_TIMEOUT = 21;
  private static final int NO_SIGNAL = 0x4000;
  private static final int RECEIVED_CLOSE_ON_EXEC = 0x40000000;
  private static final int CONTROL_TRUNCATED = 8;
  private static final short READABLE = 1;
  private static final short PEER_GONE = 0x2000 | 0x10 | 0x8;

  // struct msghdr, iovec and cmsghdr on 64-bit Linux.
  private static final int MSG_SIZE = 56;
  private static final int MSG_IOV = 16;
  private static final int MSG_IOVLEN = 24;
  private static final int MSG_CONTROL = 32;
  private static final int MSG_CONTROLLEN = 40;
  private static final int MSG_FLAGS = 48;
  private static final int IOV_SIZE = 16;
  private static final int CMSG_HEADER = 16;
  private static final int CONTROL_SIZE = CMSG_HEADER + MOST_DESCRIPTORS * Integer.BYTES + 4;

  private final int descriptor;
  private final Arena arena = Arena.ofShared();
  private final Call receiving = new Call(arena);
  private final Call sending = new Call(arena);
  private final ReentrantLock sendLock = new ReentrantLock();
  private boolean closed;
  private volatile boolean down;

  /** The memory for one system call: a message header, where its bytes and descriptors are. */
  private static final class Call {
    final MemorySegment errno;
    final MemorySegment message;
    final MemorySegment vector;
    final MemorySegment control;

    Call(Arena arena) {
      errno = Libc.errnoMemory(arena);
      message = arena.allocate(MSG_SIZE, Long.BYTES);
      vector = arena.allocate(IOV_SIZE, Long.BYTES);
      control = arena.allocate(CONTROL_SIZE, Long.BYTES);
      message.set(ADDRESS, MSG_IOV, vector);
      message.set(JAVA_LONG, MSG_IOVLEN, 1);
      message.set(ADDRESS, MSG_CONTROL, control);
    }

    void place(MemorySegment bytes, long offset, long length) {
      vector.set(JAVA_LONG, 0, bytes.address() + offset);
      vector.set(JAVA_LONG, Long.BYTES, length);
    }
  }

  UnixSocket(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Connects to who listens at {@code path}.
   *
   * @throws ErrnoException {@code ENOTCONN} if nobody does
   */
  public static UnixSocket connect(Path path) {
    UnixSocket socket = new UnixSocket(newSocket());
    try (Arena arena = Arena.ofConfined()) {
      int result = Libc.connect(socket.descriptor, SocketAddress.of(path, arena));
      if (result < 0) {
        throw new ErrnoException(
            Errno.ENOTCONN, "nobody listens at " + path + " (error " + -result + ")");
      }
      return socket;
    } catch (RuntimeException failure) {
      socket.close();
      throw failure;
    }
  }

  /** One that is connected already, for example one that another process sent; taken over. */
  public static UnixSocket of(int descriptor) {
    return new UnixSocket(descriptor);
  }

  /** Two that are connected to each other. */
  public static List<UnixSocket> pair() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment two = arena.allocate(JAVA_INT, 2);
      Libc.check(
          Libc.socketpair(FAMILY, STREAM | CLOSE_ON_EXEC, two),
          Errno.ENOMEM,
          "no pair of sockets can be made");
      return List.of(
          new UnixSocket(two.getAtIndex(JAVA_INT, 0)), new UnixSocket(two.getAtIndex(JAVA_INT, 1)));
    }
  }

  static int newSocket() {
    return Libc.check(
        Libc.socket(FAMILY, STREAM | CLOSE_ON_EXEC), Errno.ENOMEM, "no socket can be made");
  }

  /** The number of its descriptor, for handing it on; open until {@link #close}. */
  public int descriptor() {
    return descriptor;
  }

  /**
   * Limits how long a call waits while it gets nowhere: a receive then returns -1, a send fails
   * with {@code ETIMEDOUT}.
   */
  public void limitWaiting(Duration receive, Duration send) {
    limit(RECEIVE_TIMEOUT, receive);
    limit(SEND_TIMEOUT, send);
  }

  private void limit(int option, Duration limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(JAVA_LONG, 2);
      time.setAtIndex(JAVA_LONG, 0, limit.toSeconds());
      time.setAtIndex(JAVA_LONG, 1, limit.toNanosPart() / 1_000);
      Libc.check(
          Libc.setsockopt(descriptor, SOCKET_LEVEL, option, time),
          Errno.EINVAL,
          "no time limit for a socket");
    }
  }

  /** Waits until there is something to receive, or the end; false if the time has passed. */
  public boolean awaitReadable(Duration limit) {
    return Libc.poll(descriptor, READABLE, (int) Math.max(0, limit.toMillis())) != 0;
  }

  /** Whether the other side has hung up. */
  public synchronized boolean isPeerGone() {
    return closed || (Libc.poll(descriptor, (short) 0x2000, 0) & PEER_GONE) != 0;
  }

  /**
   * Receives what there is, at least one byte, waiting for it.
   *
   * @param into native memory
   * @param descriptors where descriptors that came along are put
   * @return bytes received; 0 at the end; -1 if the time limit passed
   * @throws ErrnoException {@code EBADMSG} if descriptors were lost on the way; {@code ENOTCONN} if
   *     the connection broke
   */
  public int receive(MemorySegment into, long offset, long length, List<Descriptor> descriptors) {
    Call call = receiving;
    call.place(into, offset, length);
    long received;
    do {
      call.message.set(JAVA_LONG, MSG_CONTROLLEN, CONTROL_SIZE);
      received = Libc.recvmsg(call.errno, descriptor, call.message, RECEIVED_CLOSE_ON_EXEC);
    } while (received == -Libc.EINTR);
    if (received > 0) {
      if (call.message.get(JAVA_LONG, MSG_CONTROLLEN) != 0) {
        collect(call, descriptors);
      }
      return (int) received;
    }
    if (received == -Libc.EAGAIN) {
      return -1;
    }
    if (received < 0) {
      throw broken(received);
    }
    return 0;
  }

  private static void collect(Call call, List<Descriptor> descriptors) {
    long end = call.message.get(JAVA_LONG, MSG_CONTROLLEN);
    for (long at = 0; at + CMSG_HEADER <= end; ) {
      long length = call.control.get(JAVA_LONG, at);
      boolean passed =
          call.control.get(JAVA_INT, at + 8) == SOCKET_LEVEL
              && call.control.get(JAVA_INT, at + 12) == PASS_DESCRIPTORS;
      for (long one = at + CMSG_HEADER; passed && one + 4 <= at + length; one += 4) {
        descriptors.add(new Descriptor(call.control.get(JAVA_INT, one)));
      }
      at += Math.max(CMSG_HEADER, (length + 7) & -8);
    }
    if ((call.message.get(JAVA_INT, MSG_FLAGS) & CONTROL_TRUNCATED) != 0) {
      throw new ErrnoException(Errno.EBADMSG, "file descriptors of a message were lost");
    }
  }

  /**
   * Sends all of {@code bytes}, native memory, with {@code descriptors} at the first of them, which
   * stay the caller's.
   *
   * @throws ErrnoException {@code ENOTCONN} if the connection broke, {@code ETIMEDOUT} if the other
   *     side took nothing for the time limit
   */
  public void send(MemorySegment bytes, long length, int @Nullable ... descriptors) {
    sendLock.lock();
    try {
      if (down) {
        throw new ErrnoException(Errno.ENOTCONN, "the connection was shut down");
      }
      long sent = 0;
      if (descriptors != null && descriptors.length > 0) {
        sent = sendWith(descriptors, bytes, length);
      }
      while (sent < length) {
        long more =
            sent == 0
                ? Libc.send(sending.errno, descriptor, bytes, length, NO_SIGNAL)
                : Libc.send(
                    sending.errno, descriptor, bytes.asSlice(sent), length - sent, NO_SIGNAL);
        sent += checkSent(more);
      }
    } finally {
      sendLock.unlock();
    }
  }

  private long sendWith(int[] descriptors, MemorySegment bytes, long length) {
    long size = CMSG_HEADER + (long) descriptors.length * Integer.BYTES;
    sending.control.set(JAVA_LONG, 0, size);
    sending.control.set(JAVA_INT, 8, SOCKET_LEVEL);
    sending.control.set(JAVA_INT, 12, PASS_DESCRIPTORS);
    for (int i = 0; i < descriptors.length; i++) {
      sending.control.set(JAVA_INT, CMSG_HEADER + 4L * i, descriptors[i]);
    }
    sending.message.set(JAVA_LONG, MSG_CONTROLLEN, (size + 7) & -8);
    sending.place(bytes, 0, length);
    long sent;
    do {
      sent = checkSent(Libc.sendmsg(sending.errno, descriptor, sending.message, NO_SIGNAL));
    } while (sent == 0);
    return sent;
  }

  private static long checkSent(long sent) {
    if (sent == -Libc.EAGAIN) {
      throw new ErrnoException(Errno.ETIMEDOUT, "the other side takes nothing");
    }
    if (sent < 0 && sent != -Libc.EINTR) {
      throw broken(sent);
    }
    return Math.max(0, sent);
  }

  private static ErrnoException broken(long result) {
    return new ErrnoException(Errno.ENOTCONN, "the connection broke (error " + -result + ")");
  }

  /** Ends the connection for both sides: who waits here or there is woken. */
  public synchronized void shutdown() {
    if (!closed) {
      down = true;
      var _ = Libc.shutdown(descriptor, 2);
    }
  }

  /** Closes it; nobody may be receiving. A second close does nothing. */
  @Override
  public void close() {
    shutdown();
    // Whoever sends has been woken; the lock is free when he has left.
    sendLock.lock();
    try {
      closeOnce();
    } finally {
      sendLock.unlock();
    }
  }

  private synchronized void closeOnce() {
    if (!closed) {
      closed = true;
      var _ = Libc.close(descriptor);
      arena.close();
    }
  }
}
