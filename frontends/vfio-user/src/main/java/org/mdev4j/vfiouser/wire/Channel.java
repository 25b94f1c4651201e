package org.mdev4j.vfiouser.wire;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.posix.Descriptor;
import org.mdev4j.vfiouser.posix.UnixSocket;

/**
 * One connection on which both sides may send commands: receives commands for its owner, and lets
 * any thread make a call and wait for the reply.
 *
 * <h2>Thread safety</h2>
 *
 * One thread at a time receives: whoever has set {@code receiving}. The owner does, while it has no
 * command to carry out; then a thread that waits for a reply takes its turn, so a call also ends
 * while the owner is busy, or when the owner itself makes it. Commands that a caller finds instead
 * of its reply are queued for the owner. The monitor guards all state and is what everybody waits
 * at: for the turn, for the reply to the own call or for a queued command, whichever comes first;
 * it is never held in a system call. Sending is serialised by the socket.
 *
 * <h2>Memory</h2>
 *
 * A caller receives into {@code spare}, which the turn guards, and swaps it for the memory of the
 * call whose reply it turns out to be: calls take no new memory. A command that is queued is copied
 * to the heap, no larger than it is, and counted ({@link Limits#queued}).
 */
public final class Channel implements AutoCloseable {
  /** Bytes that a queued command takes beside its own: objects, and its place in the queue. */
  private static final int QUEUED_COST = 128;

  private static final int MOST_QUEUED_DESCRIPTORS = 256;

  /** Nanoseconds by which a call may wait longer than it should. */
  private static final long SLACK = 10_000_000;

  private final UnixSocket socket;
  private final Receiver receiver;
  private final Limits limits;
  private final Consumer<ErrnoException> whenBroken;
  private final Message spare = new Message();
  private final Deque<Queued> queue = new ArrayDeque<>();
  private final Map<Integer, Call> calls = new HashMap<>();
  private boolean receiving;
  private int waiting;
  private long queuedBytes;
  private int queuedDescriptors;
  private int lastId;
  private boolean closed;

  /**
   * What the other side is granted; beyond it the connection ends.
   *
   * @param stall how long it may be silent within a message
   * @param reply how long it may take to reply
   * @param queued bytes of memory that its commands may take while we wait for a reply; 0 if it is
   *     not to send any
   */
  public record Limits(Duration stall, Duration reply, long queued) {}

  /**
   * @param socket taken over
   * @param whenBroken told why a call is about to end the connection
   */
  public Channel(UnixSocket socket, Limits limits, Consumer<ErrnoException> whenBroken) {
    this.socket = socket;
    this.limits = limits;
    this.whenBroken = whenBroken;
    Duration wait = limits.reply().compareTo(limits.stall()) < 0 ? limits.reply() : limits.stall();
    socket.limitWaiting(wait, limits.stall());
    receiver = new Receiver(socket, wait, limits.stall());
  }

  /** A command that waits for the owner, no larger than it is. */
  private record Queued(MemorySegment bytes, List<Descriptor> descriptors) {
    static Queued of(Message command) {
      Queued queued = new Queued(command.copy(), List.copyOf(command.descriptors()));
      command.descriptors().clear();
      return queued;
    }

    long cost() {
      return bytes.byteSize() + QUEUED_COST;
    }
  }

  /** A command of ours that waits for its reply. Guarded by the monitor. */
  private static final class Call {
    final int command;
    final Message reply;
    boolean done;
    @Nullable ErrnoException failure;

    Call(int command, Message reply) {
      this.command = command;
      this.reply = reply;
    }
  }

  /**
   * The next command, in the order of arrival; for the owner only.
   *
   * @param into where it is put
   * @return false at the end of the connection
   * @throws ErrnoException {@code ENOTCONN}, {@code EBADMSG}, {@code ETIMEDOUT} if the connection
   *     is of no more use
   */
  public boolean nextCommand(Message into) {
    while (true) {
      Queued queued = awaitTurnOrCommand();
      if (queued != null) {
        into.restore(queued.bytes(), queued.descriptors());
        return true;
      }
      try {
        switch (receiver.header(into)) {
          case END -> {
            return false;
          }
          case NOTHING -> {}
          case MESSAGE -> {
            if (!isReply(into)) {
              receiver.body(into);
              return true;
            }
            takeReply(into);
          }
        }
      } finally {
        endTurn();
      }
    }
  }

  /** Sends a reply to a command. */
  public void reply(Message command, Reply reply) {
    send(command, reply, Header.REPLY, 0);
  }

  /** Refuses a command. */
  public void refuse(Message command, Reply memory, Errno errno) {
    memory.clear();
    send(command, memory, Header.REPLY | Header.ERROR, errno.number());
  }

  private void send(Message command, Reply reply, int flags, int errno) {
    int size = Header.SIZE + reply.length();
    Header.write(reply.bytes(), command.id(), command.command(), size, flags, errno);
    socket.send(reply.bytes(), size, reply.descriptors());
  }

  /**
   * Sends a command and waits for the reply.
   *
   * @param into where the reply is put
   * @throws ErrnoException as the other side refuses; {@code ETIMEDOUT}, {@code ENOTCONN}, {@code
   *     EPROTO} if it breaks the rules: the connection is of no more use then
   */
  public void call(int command, Reply request, Message into) {
    Call call = new Call(command, into);
    int id = register(call);
    try {
      int size = Header.SIZE + request.length();
      Header.write(request.bytes(), id, command, size, 0, 0);
      socket.send(request.bytes(), size, request.descriptors());
      await(call);
    } catch (ErrnoException failure) {
      if (failure != call.failure) {
        whenBroken.accept(failure);
        shutdown();
      }
      throw failure;
    } finally {
      synchronized (this) {
        calls.remove(id);
      }
    }
  }

  private void await(Call call) {
    long end = System.nanoTime() + limits.reply().toNanos();
    while (awaitTurnOrReply(call, end)) {
      try {
        long left = end - System.nanoTime();
        // A wait that has just begun lasts as long as a receive does, and needs no call of its own.
        if (limits.reply().toNanos() - left > SLACK
            && !socket.awaitReadable(Duration.ofNanos(left))) {
          throw late(call);
        }
        receiveFor(call);
      } finally {
        endTurn();
      }
    }
  }

  /** For the owner: a command that was queued, or null if it is to receive one. */
  private synchronized @Nullable Queued awaitTurnOrCommand() {
    boolean interrupted = false;
    while (receiving && queue.isEmpty()) {
      interrupted |= pause(0);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Queued first = queue.poll();
    if (first != null) {
      queuedBytes -= first.cost();
      queuedDescriptors -= first.descriptors().size();
      return first;
    }
    checkOpen();
    receiving = true;
    return null;
  }

  /** For a caller: whether it is to receive, for its reply is not there yet. */
  private synchronized boolean awaitTurnOrReply(Call call, long end) {
    boolean interrupted = false;
    try {
      while (!call.done) {
        checkOpen();
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw late(call);
        }
        if (!receiving) {
          receiving = true;
          return true;
        }
        interrupted |= pause(left / 1_000_000 + 1);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (call.failure != null) {
      throw call.failure;
    }
    return false;
  }

  private synchronized void endTurn() {
    receiving = false;
    wake();
  }

  private void wake() {
    if (waiting > 0) {
      notifyAll();
    }
  }

  /** Waits at the monitor; whether it was interrupted. */
  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private boolean pause(long millis) {
    waiting++;
    try {
      wait(millis);
      return false;
    } catch (InterruptedException e) {
      return true;
    } finally {
      waiting--;
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new ErrnoException(Errno.ENOTCONN, "the connection is closed");
    }
  }

  private static ErrnoException late(Call call) {
    return new ErrnoException(Errno.ETIMEDOUT, "no reply to command " + call.command);
  }

  /** Receives one message on behalf of a caller: the reply to any call, or a command to queue. */
  private void receiveFor(Call call) {
    switch (receiver.header(spare)) {
      case END ->
          throw new ErrnoException(
              Errno.ENOTCONN,
              "the other side hung up before it replied to command " + call.command);
      case NOTHING -> {}
      case MESSAGE -> {
        if (isReply(spare)) {
          takeReply(spare);
        } else {
          receiver.body(spare);
          checkInStep(spare);
          offer(spare);
        }
      }
    }
  }

  private static void checkInStep(Message message) {
    if (message.isOutOfStep()) {
      throw new ErrnoException(
          Errno.EBADMSG, "what follows " + message.fault() + " can't be made out");
    }
  }

  /** Whether the message, of which the header is there, is the reply to some call of ours. */
  private boolean isReply(Message message) {
    return Header.type(message.room(0)) == Header.REPLY && isAnyWaiting();
  }

  private synchronized boolean isAnyWaiting() {
    return !calls.isEmpty();
  }

  /** Takes the rest of a reply. One that nobody waits for fails all who wait for another. */
  private void takeReply(Message message) {
    receiver.body(message);
    checkInStep(message);
    synchronized (this) {
      Call call = calls.get(message.id());
      if (call == null || call.done || call.command != message.command()) {
        ErrnoException mismatch =
            new ErrnoException(Errno.EPROTO, "a reply that belongs to no call");
        calls.values().forEach(each -> end(each, mismatch));
        wake();
        return;
      }
      ErrnoException failure =
          message.fault() == null
              ? null
              : new ErrnoException(Errno.EPROTO, "a reply that is " + message.fault());
      if ((message.flags() & Header.ERROR) != 0) {
        int errno = Header.errno(message.room(0));
        failure = Refusals.of(errno, "command " + call.command);
      }
      call.reply.swap(message);
      end(call, failure);
      wake();
    }
  }

  private static void end(Call call, @Nullable ErrnoException failure) {
    call.failure = failure;
    call.done = true;
  }

  private synchronized int register(Call call) {
    checkOpen();
    int id = nextId();
    calls.put(id, call);
    return id;
  }

  private synchronized int nextId() {
    do {
      lastId = (lastId + 1) & 0xffff;
    } while (calls.containsKey(lastId));
    return lastId;
  }

  /**
   * Queues a command. One that finds no room ends the connection: the reply is behind it, so it
   * can't be left in the socket.
   */
  private synchronized void offer(Message command) {
    Queued queued = Queued.of(command);
    queue.add(queued);
    queuedBytes += queued.cost();
    queuedDescriptors += queued.descriptors().size();
    if (queuedBytes > limits.queued() || queuedDescriptors > MOST_QUEUED_DESCRIPTORS) {
      throw new ErrnoException(
          Errno.EPROTO,
          "the other side sends %d commands instead of a reply, which take %d bytes"
              .formatted(queue.size(), queuedBytes));
    }
    wake();
  }

  /** Whether the other side has hung up. */
  public boolean isPeerGone() {
    return socket.isPeerGone();
  }

  /** Ends the connection; who waits is woken and fails. */
  public void shutdown() {
    socket.shutdown();
  }

  /** Ends the connection and closes it, once nobody is in a call any more. */
  @Override
  public void close() {
    socket.shutdown();
    synchronized (this) {
      closed = true;
      notifyAll();
      boolean interrupted = false;
      while (receiving) {
        interrupted |= pause(0);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      queue.forEach(queued -> queued.descriptors().forEach(Descriptor::close));
      queue.clear();
    }
    spare.close();
    receiver.close();
    socket.close();
  }
}
