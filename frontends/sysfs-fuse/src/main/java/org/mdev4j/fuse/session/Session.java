package org.mdev4j.fuse.session;

import java.lang.foreign.Arena;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.sysfs.RemovalListener;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.fuse.wire.InvalEntry;
import org.mdev4j.fuse.wire.Opcode;
import org.mdev4j.fuse.wire.Reply;
import org.mdev4j.fuse.wire.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests until the device ends, which is when it is unmounted. {@link Workers} read them;
 * a {@code store} may block for as long as somebody likes, and keeps nobody else waiting. The last
 * of them closes the device, when no message is on its way: before, one could go to a descriptor
 * that is somebody else's by now.
 *
 * <h2>Interrupts</h2>
 *
 * Who waits in a read or write and gets a signal makes the kernel send INTERRUPT. The kernel can't
 * say whether the signal kills, so a request gets a grace time to end by itself; then its caller is
 * told {@code EINTR}, and what it began goes on without it. Whoever takes a request out of {@code
 * running} answers it, so it is answered once.
 *
 * <h2>Names</h2>
 *
 * The kernel may remember names for a long time; as the tree's {@link RemovalListener} this tells
 * it when one goes. The kernel takes the directory's lock for that, and holds the same lock while
 * it waits for our answer to a look-up: so the answer and the message can't cross, and look-ups and
 * listings must never wait for who removes.
 */
public final class Session implements RemovalListener {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  /** How long a request may still take after a signal came; milliseconds. */
  static final int GRACE_MILLIS = 100;

  private final FuseDevice device;
  private final String name;
  private final NodeTable nodes;
  private final Operations operations;
  private final Set<Long> running = ConcurrentHashMap.newKeySet();
  private final Gate messages = new Gate();
  private final Workers workers;
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  /**
   * @param top the directory that is mounted
   * @param name for messages and threads
   */
  public Session(FuseDevice device, SysfsDirectory top, String name) {
    this.device = device;
    this.name = name;
    this.nodes = new NodeTable(top);
    this.operations = new Operations(nodes);
    this.workers = new Workers(device, new Service(), name);
  }

  /** Starts to answer. */
  public void start() {
    workers.start();
  }

  /** Completes when the device has ended; answers may still be worked on. */
  public CompletionStage<@Nullable Void> ended() {
    return ended.minimalCompletionStage();
  }

  public boolean isEnded() {
    return ended.isDone();
  }

  @Override
  public void removed(SysfsDirectory directory, SysfsNode child) {
    Known parent = nodes.find(directory);
    if (parent == null || nodes.find(child) == null || !messages.enter()) {
      return;
    }
    InvalEntry message = new InvalEntry(parent.id(), child.name());
    try (Arena arena = Arena.ofConfined()) {
      workers.stepAside();
      // What it answers tells nothing: a name that it doesn't know any more is as good.
      send(message.put(new Reply(arena.allocate(message.size(), Long.BYTES))));
    } finally {
      messages.leave();
    }
  }

  NodeTable nodes() {
    return nodes;
  }

  Operations operations() {
    return operations;
  }

  private void answer(Request request, Reply reply) {
    Opcode opcode = request.opcode();
    long unique = request.unique();
    switch (opcode) {
      case null -> send(reply.fail(Errno.ENOSYS, unique));
      case FORGET, BATCH_FORGET -> perform(opcode, request, reply);
      case INTERRUPT -> interrupt(request, reply);
      case READ, WRITE -> {
        running.add(unique);
        perform(opcode, request, reply);
        if (running.remove(unique)) {
          send(reply);
        }
      }
      default -> {
        boolean success = perform(opcode, request, reply);
        boolean taken = send(reply);
        if (success && !taken) {
          operations.undo(opcode, reply.firstLong());
        }
      }
    }
  }

  /** Makes the reply; whether it is a success. Nothing that a callback throws gets any further. */
  private boolean perform(Opcode opcode, Request request, Reply reply) {
    try {
      operations.answer(opcode, request, reply);
      reply.succeed(request.unique());
      return true;
    } catch (ErrnoException refusal) {
      log.debug("{}: {} of node {}: {}", name, opcode, request.node(), refusal.summary());
      reply.fail(refusal.errno(), request.unique());
    } catch (Throwable failure) {
      log.error("{}: {} of node {} failed", name, opcode, request.node(), failure);
      reply.fail(ErrnoException.of(failure, "FUSE").errno(), request.unique());
    }
    return false;
  }

  private void interrupt(Request request, Reply reply) {
    long target;
    try {
      target = request.getLong(0);
      workers.stepAside();
      Thread.sleep(GRACE_MILLIS);
    } catch (ErrnoException malformed) {
      return;
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
      return;
    }
    if (running.remove(target)) {
      send(reply.fail(Errno.EINTR, target));
    } else {
      // Either it was answered, and the kernel drops this; or it is still on its way to a worker.
      send(reply.fail(Errno.EAGAIN, request.unique()));
    }
  }

  /** Whether the kernel took it; it doesn't want an answer to what was withdrawn meanwhile. */
  private boolean send(Reply reply) {
    int sent = device.write(reply.bytes(), reply.size());
    if (sent < 0
        && !FuseDevice.failed(sent, Errno.ENOENT)
        && !FuseDevice.failed(sent, Errno.ENODEV)) {
      log.warn("{}: a message was refused with errno {}", name, -sent);
    }
    return sent >= 0;
  }

  private final class Service implements Workers.Service {
    @Override
    public void answer(Request request, Reply reply) {
      Session.this.answer(request, reply);
    }

    @Override
    public void ended() {
      ended.complete(null);
    }

    @Override
    public void finished() {
      ended.complete(null);
      messages.closeAndDrain();
      device.close();
    }
  }
}
