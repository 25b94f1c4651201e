package org.mdev4j.vfio;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.lifetime.FailureListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watchers of a host's devices, and a {@link Watch} for each watcher and device.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the sets and is never held while a watcher is called. A watch is made under
 * it, by the thread that adds the device or by the one that adds the watcher, whichever is later;
 * that thread then begins it. The monitor of a watch is held while its watcher is called, so
 * beginning comes before ending. Watches of several watchers or devices begin and end side by side.
 */
final class DeviceWatchers {
  private static final Logger log = LoggerFactory.getLogger(DeviceWatchers.class);

  private final FailureListener failures;
  private final Set<VfioRegistration> devices = new HashSet<>();
  private final IdentityHashMap<DeviceWatcher, Map<VfioRegistration, Watch>> watches =
      new IdentityHashMap<>();

  /**
   * @param failures is told of what a watcher throws, after that was logged
   */
  DeviceWatchers(FailureListener failures) {
    this.failures = failures;
  }

  AutoCloseable add(DeviceWatcher watcher) {
    List<Watch> made = new ArrayList<>();
    synchronized (this) {
      Map<VfioRegistration, Watch> its = new HashMap<>();
      if (watches.putIfAbsent(watcher, its) != null) {
        throw new IllegalArgumentException(watcher + " watches already");
      }
      for (VfioRegistration device : devices) {
        Watch one = new Watch(watcher, device);
        its.put(device, one);
        made.add(one);
      }
    }
    sideBySide(made, Watch::begin);
    return () -> remove(watcher);
  }

  void registered(VfioRegistration device) {
    List<Watch> made = new ArrayList<>();
    synchronized (this) {
      devices.add(device);
      watches.forEach(
          (watcher, its) -> {
            Watch one = new Watch(watcher, device);
            its.put(device, one);
            made.add(one);
          });
    }
    sideBySide(made, Watch::begin);
  }

  void unregistering(VfioRegistration device) {
    List<Watch> ended = new ArrayList<>();
    synchronized (this) {
      devices.remove(device);
      for (Map<VfioRegistration, Watch> of : watches.values()) {
        Watch one = of.remove(device);
        if (one != null) {
          ended.add(one);
        }
      }
    }
    sideBySide(ended, Watch::end);
  }

  private void remove(DeviceWatcher watcher) {
    Map<VfioRegistration, Watch> ended;
    synchronized (this) {
      ended = watches.remove(watcher);
    }
    if (ended != null) {
      sideBySide(ended.values(), Watch::end);
    }
  }

  /** What one watcher knows of one device. Ended before it begins, it does nothing. */
  private final class Watch {
    private final DeviceWatcher watcher;
    private final VfioRegistration device;
    private boolean over;
    private @Nullable AutoCloseable made;

    Watch(DeviceWatcher watcher, VfioRegistration device) {
      this.watcher = watcher;
      this.device = device;
    }

    synchronized void begin() {
      if (over) {
        return;
      }
      try {
        made = Objects.requireNonNull(watcher.registered(device), "nothing to close");
      } catch (Throwable failure) {
        failed("a watcher of " + device.name(), failure);
      }
      if (over) {
        // The watcher itself has ended it.
        close();
      }
    }

    synchronized void end() {
      over = true;
      close();
    }

    private void close() {
      AutoCloseable closed = made;
      made = null;
      try {
        if (closed != null) {
          closed.close();
        }
      } catch (Throwable failure) {
        failed("ending a watch of " + device.name(), failure);
      }
    }

    private void failed(String what, Throwable failure) {
      log.error("{} failed", what, failure);
      failures.failed(what, failure);
    }
  }

  /** Does {@code step} to all of them, each on its own thread, and waits until all are done. */
  private static void sideBySide(Collection<Watch> watches, Consumer<Watch> step) {
    List<Thread> threads = new ArrayList<>();
    Iterator<Watch> all = watches.iterator();
    Watch here = all.hasNext() ? all.next() : null;
    all.forEachRemaining(watch -> threads.add(Thread.startVirtualThread(() -> step.accept(watch))));
    if (here != null) {
      step.accept(here);
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= joinInterrupted(thread);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end of {@code thread}; returns whether this thread was interrupted meanwhile. */
  private static boolean joinInterrupted(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
