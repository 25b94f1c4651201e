package org.mdev4j.device.host;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.lifetime.FailureListener;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * A module on a host, from the begin of its load to the end of its unload.
 *
 * <h2>Thread safety</h2>
 *
 * {@code users} counts who needs the module: modules that require it, open device files, and so on.
 * It is terminal once it is -1, which the unloader reaches from 0 only; so {@link #tryGet} and
 * unloading exclude each other without a lock.
 */
public final class LoadedModule {
  private static final int GOING = -1;

  /** Where the module is between load and unload, as {@code initstate} shows it. */
  enum State {
    COMING,
    LIVE,
    GOING
  }

  private final DriverModule module;
  private final SysfsDirectory directory;
  private final SysfsDirectory holders = new SysfsDirectory("holders");
  private final Scope scope;
  private final List<WorkQueue> queues = new CopyOnWriteArrayList<>();
  private final Map<Class<?>, Object> services = new ConcurrentHashMap<>();
  private final AtomicInteger users = new AtomicInteger();
  private final CompletableFuture<Boolean> load = new CompletableFuture<>();
  private volatile State state = State.COMING;

  LoadedModule(DriverModule module, FailureListener failures) {
    this.module = module;
    this.directory = new SysfsDirectory(module.name());
    this.scope = new Scope("module " + module.name(), failures);
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
    return Math.max(0, users.get());
  }

  /**
   * Keeps the module from being unloaded; false if it is on its way out. Each true is followed by
   * one {@link #put}.
   */
  public boolean tryGet() {
    int seen = users.get();
    while (seen != GOING) {
      if (users.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = users.get();
    }
    return false;
  }

  /** Ends what a successful {@link #tryGet} began. */
  public void put() {
    if (users.decrementAndGet() < 0) {
      throw new IllegalStateException("module " + name() + " was put more often than gotten");
    }
  }

  /** Starts the unload: true if nobody needs the module, and then nobody can any more. */
  boolean beginUnload() {
    boolean free = users.compareAndSet(0, GOING);
    if (free) {
      state = State.GOING;
    }
    return free;
  }

  /** A queue of the module's that {@code owner} drains when it is closed. */
  WorkQueue add(WorkQueue queue, Scope owner) {
    queues.add(queue);
    owner.onClose(
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
    load.complete(true);
  }

  void failToLoad() {
    load.complete(false);
  }

  /** Waits for the end of the load, not interruptibly: whether the module came to life. */
  boolean awaitLoad() {
    return load.join();
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
