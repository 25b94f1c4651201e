package org.mdev4j.device.host;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A module on a host, from the begin of its load to the end of its unload.
 *
 * <pre>
 *   COMING --load returned--> LIVE --claimed--> GOING --scope closed--> gone
 *      |                                                                 ^
 *      +-- load failed, scope closed ------------------------------------+
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * {@code users} counts who needs the module: modules that require it, open device files, and so on.
 * To unload is to close that gate, which one thread does and no more, so a module is unloaded once;
 * {@link Modules#rmmod} closes it only while it is empty, so {@link #tryGet} and unloading exclude
 * each other without a lock. {@code state} is LIVE from before the first can close the gate.
 */
public final class LoadedModule implements Activity.Watcher {
  private static final Logger log = LoggerFactory.getLogger(LoadedModule.class);

  /** Where the module is between load and unload, as {@code initstate} shows it. */
  enum State {
    COMING,
    LIVE,
    GOING
  }

  /**
   * What the thread that loads or unloads the module waits for.
   *
   * @param on the wait
   * @param since when it began
   */
  private record Blocked(Activity.Wait on, Instant since) {
    @Override
    public String toString() {
      return since + " waits for " + on.forWhat().get();
    }
  }

  private final DriverModule module;
  private final SysfsDirectory directory;
  private final SysfsDirectory holders = new SysfsDirectory("holders");
  private final Scope scope;
  private final LentClock clock;
  private final List<WorkQueue> queues = new CopyOnWriteArrayList<>();
  private final Map<Class<?>, Object> services = new ConcurrentHashMap<>();
  private final Gate users = new Gate();
  private final List<String> joiners = new CopyOnWriteArrayList<>();
  private final CountDownLatch settled = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);
  private final AtomicReference<@Nullable Blocked> blocked = new AtomicReference<>();
  private volatile State state = State.COMING;
  private volatile Instant since;

  /**
   * @param required the modules of which this one holds a use, which it puts when its scope is
   *     closed and none of its timers runs any more
   */
  LoadedModule(DriverModule module, List<LoadedModule> required, Host host) {
    this.module = module;
    this.directory = new SysfsDirectory(module.name());
    this.scope = new Scope("module " + module.name(), host.tracing());
    required.forEach(other -> scope.onClose(other::put));
    this.clock = scope.own(host.lendClock("module " + module.name()));
    this.since = clock.now();
  }

  public String name() {
    return module.name();
  }

  /** {@code /sys/module/NAME}. */
  public SysfsDirectory directory() {
    return directory;
  }

  /** Names of the modules that this one requires. */
  public Set<String> requires() {
    return module.requires();
  }

  /** How many users keep the module from being unloaded. */
  public int users() {
    return users.inside();
  }

  /**
   * Keeps the module from being unloaded; false if it is on its way out. Each true is followed by
   * one {@link #put}.
   */
  public boolean tryGet() {
    return users.enter();
  }

  /** Ends what a successful {@link #tryGet} began. */
  public void put() {
    if (users.inside() == 0) {
      throw new IllegalStateException("module " + name() + " was put more often than gotten");
    }
    users.leave();
  }

  /**
   * Claims the unload: true if nobody needs the module, and then nobody can any more, and the
   * caller has to unload it.
   */
  boolean beginUnload() {
    return claimed(users.closeIfEmpty());
  }

  /** Claims the unload although the module may have users. True for the one claim of all. */
  boolean forceUnload() {
    return claimed(users.close());
  }

  /** Whether the unload waits for what is done at {@code place}. */
  boolean unloadWaitsFor(Object place) {
    return scope.waitsFor(place) || (place instanceof SysfsNode node && node.isWithin(directory));
  }

  /** Whether the unload was claimed. */
  boolean isGoing() {
    return users.isClosed();
  }

  private boolean claimed(boolean mine) {
    if (mine) {
      since = clock.now();
      state = State.GOING;
    }
    return mine;
  }

  /** The clock, whose timers end with the module. */
  LentClock clock() {
    return clock;
  }

  /** A queue of the module's that {@code owner} drains when it is closed. */
  WorkQueue add(WorkQueue queue, Scope owner) {
    queues.add(queue);
    owner.onClose(
        queue::waitsFor,
        () -> {
          queue.close();
          queues.remove(queue);
        });
    return queue;
  }

  /** Waits until each of its queues has been idle. */
  void flushWork() {
    queues.forEach(WorkQueue::flush);
  }

  /** {@code /sys/module/NAME/holders}: a link to each loaded module that requires this one. */
  SysfsDirectory holders() {
    return holders;
  }

  DriverModule module() {
    return module;
  }

  Scope scope() {
    return scope;
  }

  State state() {
    return state;
  }

  void becomeLive() {
    state = State.LIVE;
    settled.countDown();
  }

  /** The module was unloaded, or its load has failed. */
  void becomeGone() {
    gone.countDown();
    settled.countDown();
  }

  /**
   * Waits for the end of a load that is under way, or of an unload.
   *
   * @return whether the module is loaded
   * @throws ErrnoException {@code EINTR} if the thread is interrupted, which it stays; {@code
   *     EDEADLK} if that load or unload waits for the calling thread
   */
  boolean awaitSettled() {
    if (isGoing()) {
      await(gone);
      return false;
    }
    await(settled);
    return gone.getCount() != 0;
  }

  /** Waits for the end of an unload that another thread has claimed. Not interruptible. */
  void awaitGone() {
    boolean interrupted = false;
    while (true) {
      try {
        gone.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void await(CountDownLatch end) {
    if (end.getCount() == 0) {
      return;
    }
    String what = headline();
    String joiner =
        "thread "
            + Thread.currentThread().getName()
            + ", since "
            + clock.now()
            + " waits for "
            + what;
    joiners.add(joiner);
    log.info("{}", joiner);
    try {
      Activity.waiting(
          this,
          () -> what,
          () -> {
            // Told before it looks: of two loads that wait for each other one at least sees it.
            refuseCycle(what);
            end.await();
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ErrnoException(Errno.EINTR, "interrupted while waiting for " + what, e);
    } finally {
      joiners.remove(joiner);
    }
  }

  /** Follows those who wait for one another's load or unload, from this module on. */
  private void refuseCycle(String what) {
    Activity.refuseSelfWait(() -> what, this::leadsTo);
  }

  @SuppressWarnings("ReferenceEquality") // a place is itself, whatever it equals
  private boolean leadsTo(Object place) {
    LoadedModule at = this;
    // More steps than modules are a circle that does not lead here: those in it are refused.
    for (int steps = 0; steps < 1000; steps++) {
      if (at == place) {
        return true;
      }
      Blocked why = at.blocked.get();
      if (why == null || !(why.on.place() instanceof LoadedModule next)) {
        return why != null && why.on.place() == place;
      }
      at = next;
    }
    return false;
  }

  @Override
  public Activity.@Nullable Wait waits(Activity.@Nullable Wait wait) {
    Blocked before = blocked.getAndSet(wait == null ? null : new Blocked(wait, clock.now()));
    if (wait != null) {
      log.info("{}, waits for {}", headline(), wait.forWhat().get());
    }
    return before == null ? null : before.on;
  }

  /**
   * A load or unload that is under way, and who waits for it: for each a line that says since when,
   * and for what it waits. Empty while the module is loaded and stays.
   */
  List<String> progress() {
    if (state == State.LIVE) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    Blocked now = blocked.get();
    lines.add(headline() + (now == null ? "" : ", since " + now));
    lines.addAll(joiners);
    return lines;
  }

  private String headline() {
    return "the "
        + (state == State.COMING ? "load" : "unload")
        + " of "
        + this
        + ", begun at "
        + since;
  }

  <T> @Nullable T service(Class<T> type) {
    Object service = services.get(type);
    return service == null ? null : type.cast(service);
  }

  <T> void provide(Class<T> type, T service) {
    services.put(type, service);
  }

  @Override
  public String toString() {
    return "module " + name();
  }
}
