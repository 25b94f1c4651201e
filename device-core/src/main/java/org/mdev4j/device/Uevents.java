package org.mdev4j.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent.Action;

/**
 * The uevents of one host. Listeners subscribe as programs open a netlink socket: each gets every
 * later event, in order, in a queue of its own, and a slow one delays nobody.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor makes numbering and queueing one step, so every queue is in the order of {@code
 * SEQNUM}. It is a leaf: nothing but queue insertion happens under it.
 */
public final class Uevents {
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private long seqnum;

  /** Starts listening: events emitted from now on can be taken from the subscription. */
  public Subscription subscribe() {
    Subscription subscription = new Subscription();
    subscriptions.add(subscription);
    return subscription;
  }

  /** Announces. Called by the driver core once what it announces can be found in the tree. */
  public synchronized void emit(Action action, String devpath, String subsystem, List<String> env) {
    Uevent event = new Uevent(action, devpath, subsystem, env, ++seqnum);
    for (Subscription subscription : subscriptions) {
      subscription.queue.add(event);
    }
  }

  /** One listener's queue. Thread-safe. */
  public final class Subscription implements AutoCloseable {
    private final BlockingQueue<Uevent> queue = new LinkedBlockingQueue<>();

    private Subscription() {}

    /** Takes all events that are waiting. */
    public List<Uevent> drain() {
      List<Uevent> events = new ArrayList<>();
      queue.drainTo(events);
      return events;
    }

    /** Takes the next event, waiting up to {@code limit} for it; null if none came. */
    public @Nullable Uevent poll(Duration limit) throws InterruptedException {
      return queue.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      subscriptions.remove(this);
      queue.clear();
    }
  }
}
