package org.mdev4j.fuse.session;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.fuse.wire.Init;
import org.mdev4j.fuse.wire.Reply;
import org.mdev4j.fuse.wire.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a session. One reads a request, has it answered and reads the next; when that
 * takes long, another takes the {@link Turn} to read. So whatever blocks, somebody reads, for there
 * is always a spare one: who goes to work and has none behind it starts one, and who has lost the
 * turn and finds enough of them ends.
 *
 * <p>They are platform threads, since they wait inside system calls. For the next request they look
 * for a moment before they sleep: most come in series, and to wake a thread takes longer than to
 * answer.
 *
 * <p>Thread-safe.
 */
final class Workers {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  private static final int MOST_SPARE = 4;
  private static final int REQUEST_SIZE = 16 * 1024;
  private static final int REPLY_SIZE = 64 * 1024;

  static {
    assert REQUEST_SIZE >= 2 * Init.MAX_WRITE : "a WRITE fits, with all that stands before it";
  }

  /** What workers do with requests. Used by many threads. */
  interface Service {
    /**
     * Answers a request.
     *
     * @param reply to be used for it; without a body
     */
    void answer(Request request, Reply reply);

    /** There will be no more requests; some may still be at work. */
    void ended();

    /** The last worker has gone. */
    void finished();
  }

  private final FuseDevice device;
  private final Service service;
  private final String name;
  private final Turn turn = new Turn();
  private final Attention attention = new Attention(System::nanoTime);
  private final AtomicInteger spare = new AtomicInteger();
  private final AtomicInteger alive = new AtomicInteger();

  /**
   * @param name for messages and threads
   */
  Workers(FuseDevice device, Service service, String name) {
    this.device = device;
    this.service = service;
    this.name = name;
  }

  void start() {
    add();
  }

  /** Who calls this is going to wait: if that is the worker that has the turn, another reads on. */
  void stepAside() {
    turn.stepAside();
  }

  private void add() {
    spare.incrementAndGet();
    int number = alive.incrementAndGet();
    try {
      MemorySegment memory = Arena.ofAuto().allocate(REQUEST_SIZE + REPLY_SIZE, Long.BYTES);
      Thread.ofPlatform().daemon().name(name + "-" + number).start(() -> work(memory));
    } catch (OutOfMemoryError noThread) {
      // Those that there are go on; a blocked store may then block others.
      spare.decrementAndGet();
      alive.decrementAndGet();
      log.error("{}: no further thread can be had", name, noThread);
    }
  }

  private void work(MemorySegment memory) {
    try {
      MemorySegment buffer = memory.asSlice(0, REQUEST_SIZE);
      Reply reply = new Reply(memory.asSlice(REQUEST_SIZE));
      long mine = takeTurn();
      while (mine != Turn.NONE) {
        serve(mine, buffer, reply);
        mine = isWanted() ? takeTurn() : Turn.NONE;
      }
    } finally {
      if (alive.decrementAndGet() == 0) {
        service.finished();
      }
    }
  }

  /** Reads and answers until the turn is lost or there is nothing more to read. */
  private void serve(long taken, MemorySegment buffer, Reply reply) {
    long mine = taken;
    try {
      while (mine != Turn.NONE) {
        int length = read(buffer);
        if (length < 0) {
          turn.end();
          service.ended();
          return;
        }
        turn.begin(mine);
        if (spare.get() == 0) {
          add();
        }
        answer(buffer, length, reply);
        mine = turn.goOn(mine);
      }
    } catch (RuntimeException | Error failure) {
      // Memory may have run out. Whatever it is, the mount must not hang for it.
      turn.drop(mine);
      log.error("{}: a worker failed", name, failure);
    }
  }

  /** A spare worker waits for the turn. */
  private long takeTurn() {
    long taken = turn.take();
    spare.decrementAndGet();
    return taken;
  }

  /** Whether a worker that has lost the turn becomes a spare one. */
  private boolean isWanted() {
    return spare.getAndUpdate(others -> Math.min(others + 1, MOST_SPARE)) < MOST_SPARE;
  }

  private void answer(MemorySegment buffer, int length, Reply reply) {
    Request request;
    try {
      request = new Request(buffer, length);
    } catch (ErrnoException malformed) {
      log.error("{}: {}", name, malformed.getMessage());
      return;
    }
    reply.clear();
    service.answer(request, reply);
  }

  /** Length of the next request, or a negative number at the end. */
  private int read(MemorySegment buffer) {
    attention.begin();
    while (true) {
      int length = device.read(buffer);
      if (length >= 0) {
        attention.end();
        return length;
      }
      if (FuseDevice.failed(length, Errno.EAGAIN)) {
        if (!attention.goesOn()) {
          sleep();
        }
      } else if (!FuseDevice.failed(length, Errno.ENOENT)
          && !FuseDevice.failed(length, Errno.EINTR)) { // withdrawn; a signal
        if (!FuseDevice.failed(length, Errno.ENODEV)) {
          log.error("{}: reading requests failed with errno {}", name, -length);
        }
        return length;
      }
    }
  }

  private void sleep() {
    turn.fallAsleep();
    device.await();
    turn.wakeUp();
  }
}
