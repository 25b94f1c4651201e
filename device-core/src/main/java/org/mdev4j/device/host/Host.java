package org.mdev4j.device.host;

import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.nio.SysfsFileSystem;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * One machine: a tree, loadable modules, memory, a clock and threads. Several may live in one JVM
 * and share nothing.
 *
 * {@snippet :
 * try (Host host = Host.start()) {
 *   host.modules().modprobe("mtty");
 *   Files.writeString(host.path("/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create"), uuid);
 * }
 * }
 *
 * <h2>How it hangs together</h2>
 *
 * The {@linkplain #tree() tree} is the one model; {@link #fileSystem()} shows it as paths. The
 * {@linkplain #devices() driver core} puts devices into it and announces them as uevents.
 * {@linkplain #modules() Modules} bring everything else, also VFIO and the mediated-device core;
 * each gets a scope, and unloading it closes that scope. Closing the host unloads what is loaded,
 * newest first.
 *
 * <h2>Thread safety</h2>
 *
 * Everything here may be used from any thread. One thread closes the host, and waits for users of
 * devices as unloading does; others that close it wait for that one. See {@link Modules}.
 */
public final class Host implements AutoCloseable {
  private final String name;
  private final Machine machine;
  private final SysfsTree tree = new SysfsTree();
  private final Uevents uevents = new Uevents();
  private final DriverCore devices;
  private final FileSystem fileSystem;
  private final Tracing tracing = new Tracing();
  private final HostMemory memory = new HostMemory(tracing);
  private final HostClock time;
  private final @Nullable SystemClock ownTime;
  private final ExecutorService threads;
  private final LentClock clock;
  private final Modules modules;

  private Host(Builder builder) {
    name = builder.name;
    machine = builder.machine;
    HostClock given = builder.clock;
    ownTime = given == null ? new SystemClock(name) : null;
    time = ownTime == null ? Objects.requireNonNull(given) : ownTime;
    threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
    clock = lendClock("host " + name);
    devices = new DriverCore(tree, uevents, machine.powerManagement(), tracing);
    SysfsTree.makeDirectories(tree.sys(), "kernel/iommu_groups");
    fileSystem = SysfsFileSystem.of(tree);
    List<FoundModule> found = new ArrayList<>();
    builder.modules.forEach(module -> found.add(FoundModule.of(module)));
    found.addAll(builder.discover ? FoundModule.all() : List.of());
    modules = builder.itsModules.apply(this, FoundModule.unique(found));
  }

  /** A plain machine on which every module that the service loader finds can be loaded. */
  public static Host start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  public String name() {
    return name;
  }

  public Machine machine() {
    return machine;
  }

  public SysfsTree tree() {
    return tree;
  }

  /** The tree as a file system. */
  public FileSystem fileSystem() {
    return fileSystem;
  }

  /** A path of {@link #fileSystem()}. */
  public Path path(String path) {
    return fileSystem.getPath(path);
  }

  public DriverCore devices() {
    return devices;
  }

  public Uevents uevents() {
    return uevents;
  }

  public Modules modules() {
    return modules;
  }

  public HostMemory memory() {
    return memory;
  }

  /** The clock, for what belongs to no module. */
  public HostClock clock() {
    return clock;
  }

  /** What drivers say about what they do, and what of it failed unseen. */
  public Tracing tracing() {
    return tracing;
  }

  /**
   * What a loaded module offers under {@code type}, for whoever runs the host.
   *
   * @throws IllegalStateException if no loaded module offers it
   */
  public <T> T service(Class<T> type) {
    for (LoadedModule module : modules.loaded()) {
      T service = module.service(type);
      if (service != null) {
        return service;
      }
    }
    T service = modules.builtInService(type);
    if (service != null) {
      return service;
    }
    throw new IllegalStateException("no loaded module offers " + type.getSimpleName());
  }

  /**
   * Waits until what was submitted to the work queues of all modules is done. What one queue
   * submits to another meanwhile may be left, and what time brings on.
   */
  public void flushWork() {
    modules.loaded().forEach(LoadedModule::flushWork);
  }

  /** A new work queue; the caller closes it. */
  WorkQueue workQueue(String queueName) {
    return new WorkQueue(queueName, threads, tracing);
  }

  /**
   * The clock for one owner, who closes it. Actions run on the host's threads; a clock that the
   * host was given runs them itself, as a test wants to know when they have run.
   */
  LentClock lendClock(String owner) {
    Executor runner = ownTime == null ? Runnable::run : threads;
    return new LentClock(owner, time, runner, tracing);
  }

  /**
   * The machine goes down: drivers {@linkplain DriverCore#shutdown stop the hardware}, then every
   * module is unloaded, for which users have to let go of their devices. No load begins once this
   * has begun; those under way are waited for, and what they loaded is unloaded. A second close
   * waits for the first.
   *
   * @throws ErrnoException {@code EDEADLK} if the calling thread is in the middle of something that
   *     this waits for: a load, a callback of a driver, a call of an attribute, work of a queue;
   *     nothing has changed then. {@code EINTR} if a second close is interrupted
   */
  @Override
  public void close() {
    if (modules.beginClose()) {
      try {
        Activity.run("close", this, this::goDown);
      } finally {
        modules.endClose();
      }
    }
  }

  private void goDown() {
    devices.shutdown();
    modules.unloadAll();
    clock.close();
    threads.close();
    if (ownTime != null) {
      ownTime.close();
    }
  }

  @Override
  public String toString() {
    return "Host[" + name + "]";
  }

  /** Says how a host is to be. Not thread-safe. */
  public static final class Builder {
    private String name = "host";
    private Machine machine = Machine.plain();
    private @Nullable HostClock clock;
    private boolean discover = true;
    private final List<DriverModule> modules = new ArrayList<>();
    private BiFunction<Host, List<FoundModule>, Modules> itsModules = Modules::new;

    private Builder() {}

    /** A name for messages and threads. */
    public Builder name(String hostName) {
      name = hostName;
      return this;
    }

    public Builder machine(Machine itsMachine) {
      machine = itsMachine;
      return this;
    }

    /** A clock instead of the system's; it runs timers itself, and the host does not close it. */
    public Builder clock(HostClock itsClock) {
      clock = itsClock;
      return this;
    }

    /** Adds a module to those that can be loaded; it goes before a discovered one of its name. */
    public Builder module(DriverModule module) {
      modules.add(module);
      return this;
    }

    /** Has the modules kept by something else than {@link Modules} itself. For tests of those. */
    Builder keptBy(BiFunction<Host, List<FoundModule>, Modules> modulesOfHost) {
      itsModules = modulesOfHost;
      return this;
    }

    /** Ignores what the service loader finds: only modules given by hand can be loaded. */
    public Builder withoutDiscovery() {
      discover = false;
      return this;
    }

    /**
     * Starts the host, with what is built in.
     *
     * @throws org.mdev4j.device.errno.ErrnoException if something built in refuses the machine, for
     *     example {@code EINVAL} for hardware that is described badly; nothing stays then
     */
    public Host start() {
      Host host = new Host(this);
      try {
        host.modules.loadBuiltIn();
      } catch (Throwable failure) {
        host.close();
        throw failure;
      }
      return host;
    }
  }
}
