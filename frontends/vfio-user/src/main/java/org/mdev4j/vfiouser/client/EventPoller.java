package org.mdev4j.vfiouser.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.irq.EventFd;
import org.mdev4j.vfio.irq.Trigger;
import org.mdev4j.vfiouser.posix.Polling;

/**
 * One thread that waits for all eventfds of a device and passes their signals on. It is started
 * with the first of them.
 *
 * <p>Thread-safe: {@code lock} guards the set and is held while signals are passed on, so that none
 * is after {@link #forget} has returned. It is the owner's. No listener is called under it.
 */
final class EventPoller implements AutoCloseable {
  private final Object lock;
  private final Set<Relay> relays = new HashSet<>();
  private final EventFd changed = EventFd.create();
  private @Nullable Thread thread;
  private boolean closed;

  EventPoller(Object lock) {
    this.lock = lock;
  }

  Relay relay(Trigger trigger) {
    synchronized (lock) {
      Relay relay = new Relay(EventFd.create(), trigger, this);
      relays.add(relay);
      if (thread == null) {
        thread = Thread.ofPlatform().daemon().name("vfio-user client interrupts").start(this::run);
      }
      changed.signal();
      return relay;
    }
  }

  void forget(Relay relay) {
    synchronized (lock) {
      relays.remove(relay);
      changed.signal();
    }
  }

  private void run() {
    while (true) {
      List<Relay> watched;
      synchronized (lock) {
        if (closed) {
          return;
        }
        changed.take();
        watched = new ArrayList<>(relays);
        watched.forEach(Relay::pass);
      }
      int[] descriptors = new int[watched.size() + 1];
      descriptors[0] = changed.descriptor();
      for (int i = 0; i < watched.size(); i++) {
        descriptors[i + 1] = watched.get(i).descriptor();
      }
      Polling.awaitAny(descriptors);
    }
  }

  /** Ends the thread; the lock must not be held. */
  @Override
  public void close() {
    Thread running;
    synchronized (lock) {
      closed = true;
      running = thread;
    }
    changed.signal();
    boolean interrupted = false;
    while (running != null && running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    changed.close();
  }
}
