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
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The uevents of one host. Listeners subscribe as programs open a netlink socket: each gets every
 * later event, in order, in a queue of its own, and a slow one delays nobody.
 *
 * <p>A queue has room for {@value #ROOM} events, which take a few megabytes, unless its listener
 * asks for more. When it is full, new events are lost to its listener, as on a netlink socket,
 * until the listener reads again: its next read says how many, with {@code ENOBUFS}, and the reads
 * after that go on with what is queued and what comes from then on.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor makes numbering and queueing one step, so every queue is in the order of {@code
 * SEQNUM}, and it guards the count of what is lost. It is a leaf: nothing but queue insertion
 * happens under it.
 */
public final class Uevents {
  /** How many events wait for one listener at most, unless it asks for more room. */
  public static final int ROOM = 16_384;

  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private long seqnum;

  /** Starts listening: events emitted from now on can be taken from the subscription. */
  public Subscription subscribe() {
    return subscribe(ROOM);
  }

  /**
   * Starts listening with a queue of another size: for a listener that reads rarely and must not
   * miss anything.
   *
   * @param room how many events may wait, at least 1
   */
  public Subscription subscribe(int room) {
    Subscription subscription = new Subscription(room);
    subscriptions.add(subscription);
    return subscription;
  }

  /** Announces. Called by the driver core once what it announces can be found in the tree. */
  public synchronized void emit(Action action, String devpath, String subsystem, List<String> env) {
    Uevent event = new Uevent(action, devpath, subsystem, env, ++seqnum);
    for (Subscription subscription : subscriptions) {
      subscription.offer(event);
    }
  }

  /** One listener's queue. Thread-safe. */
  public final class Subscription implements AutoCloseable {
    private final int room;
    private final BlockingQueue<Uevent> queue;
    private long lost;
    private long firstLost;

    private Subscription(int room) {
      this.room = room;
      queue = new LinkedBlockingQueue<>(room);
    }

    /**
     * Takes all events that are waiting.
     *
     * @throws ErrnoException {@code ENOBUFS}, once, if events were lost since the last read;
     *     nothing is taken then, and the message says how many were lost
     */
    public List<Uevent> drain() {
      reportLoss();
      List<Uevent> events = new ArrayList<>();
      queue.drainTo(events);
      return events;
    }

    /**
     * Takes the next event, waiting up to {@code limit} for it; null if none came.
     *
     * @throws ErrnoException as {@link #drain}
     */
    public @Nullable Uevent poll(Duration limit) throws InterruptedException {
      reportLoss();
      return queue.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      subscriptions.remove(this);
      queue.clear();
    }

    /** Called under the monitor. The events that one read reports as lost follow one another. */
    private void offer(Uevent event) {
      if (lost > 0 || !queue.offer(event)) {
        firstLost = lost == 0 ? event.seqnum() : firstLost;
        lost++;
      }
    }

    private void reportLoss() {
      synchronized (Uevents.this) {
        if (lost > 0) {
          String message =
              lost
                  + " uevents were lost, from number "
                  + firstLost
                  + " on: "
                  + room
                  + " were waiting to be read";
          lost = 0;
          throw new ErrnoException(Errno.ENOBUFS, message);
        }
      }
    }
  }
}
