package org.mdev4j.fuse.session;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.fuse.wire.Opcode;

/** A kernel in which a test writes the requests; notifications are counted, replies kept. */
final class FakeDevice implements FuseDevice {
  static final int HEADER = 40;
  private static final long LIMIT_SECONDS = 60;
  private static final byte[] END = {};
  private static final byte[] FAILURE = {};

  private final BlockingDeque<byte[]> requests = new LinkedBlockingDeque<>();
  private final BlockingQueue<ByteBuffer> replies = new LinkedBlockingQueue<>();
  private final AtomicLong lastUnique = new AtomicLong();
  final AtomicInteger notifications = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();

  /** Sends a request; its number. */
  long send(int opcode, long node, byte[] body) {
    long unique = lastUnique.addAndGet(2);
    ByteBuffer request = ByteBuffer.allocate(HEADER + body.length).order(ByteOrder.nativeOrder());
    request.putInt(request.capacity()).putInt(opcode).putLong(unique).putLong(node);
    request.position(HEADER).put(body);
    requests.add(request.array());
    return unique;
  }

  long send(Opcode opcode, long node, byte[] body) {
    return send(opcode.number(), node, body);
  }

  /** Bytes as they are, header or not. */
  void sendRaw(byte[] bytes) {
    requests.add(bytes);
  }

  /** The next reply, ready to be read from its first byte. */
  ByteBuffer reply() throws InterruptedException {
    ByteBuffer reply = replies.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (reply == null) {
      throw new AssertionError("no reply in " + LIMIT_SECONDS + " s");
    }
    return reply;
  }

  int waitingReplies() {
    return replies.size();
  }

  /** As if it were unmounted. */
  void end() {
    requests.add(END);
  }

  /** Has a read throw. */
  void fail() {
    requests.add(FAILURE);
  }

  static int error(ByteBuffer reply) {
    return reply.getInt(4);
  }

  static long unique(ByteBuffer reply) {
    return reply.getLong(8);
  }

  @Override
  public int read(MemorySegment into) {
    byte[] request = requests.poll();
    if (request == null) {
      return -Errno.EAGAIN.number();
    }
    if (request == FAILURE) {
      throw new IllegalStateException("planted by a test");
    }
    if (request.length == 0) {
      return -Errno.ENODEV.number();
    }
    MemorySegment.copy(request, 0, into, ValueLayout.JAVA_BYTE, 0, request.length);
    return request.length;
  }

  @Override
  public void await() {
    try {
      requests.putFirst(requests.takeFirst());
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int write(MemorySegment from, int size) {
    byte[] bytes = from.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    if (message.getInt(0) != size) {
      return -Errno.EINVAL.number();
    }
    if (unique(message) == 0) {
      notifications.incrementAndGet();
    } else {
      replies.add(message);
    }
    return size;
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }
}
