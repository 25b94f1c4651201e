package org.mdev4j.device.host;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.device.sysfs.SysfsTree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loadable modules of one host: what was found, what is loaded, {@code /sys/module}.
 *
 * <pre>
 *   open --beginClose--> closing: no load begins; those under way end --unloadAll--> --endClose--> closed
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * A load claims the module's name in a concurrent map, so of two loads of one module one is
 * refused; an unload claims the module ({@link LoadedModule}), so of two one is refused. No lock is
 * held while a module's own code runs. A module that requires others holds one use of each, from
 * before its code runs until after its scope is closed.
 *
 * <p>Every load runs inside the gate {@code loads}, and closing the host closes that gate, drains
 * it, and only then looks at what is loaded. A load either has entered before, and is in the list
 * when the gate is drained, or is refused. {@code closed} is set last of all, and later closes wait
 * for it. Unloads need no gate: each module's own claim decides who unloads it, and the close waits
 * for those that others have claimed.
 */
public class Modules {
  private static final Logger log = LoggerFactory.getLogger(Modules.class);

  private final Host host;
  private final SysfsDirectory directory;
  private final List<FoundModule> found;
  private final Map<String, DriverModule> loadable = new LinkedHashMap<>();
  private final Map<String, DriverModule> builtIn = new LinkedHashMap<>();
  private final List<LoadedModule> loadedBuiltIn = new CopyOnWriteArrayList<>();
  private final ConcurrentMap<String, LoadedModule> loaded = new ConcurrentHashMap<>();
  private final List<String> loadOrder = new ArrayList<>();
  private final Gate loads = new Gate();
  private final CountDownLatch closed = new CountDownLatch(1);

  Modules(Host host, List<FoundModule> found) {
    this.host = host;
    this.directory = host.tree().sys().addDirectory("module");
    this.found = found.stream().sorted(Comparator.comparing(FoundModule::name)).toList();
    for (FoundModule module : found) {
      DriverModule usable = module.module();
      if (usable != null) {
        (usable.builtIn() ? builtIn : loadable).put(module.name(), usable);
      } else {
        log.warn("{} ({}) can't be loaded: {}", module.name(), module.from(), module.refusal());
      }
    }
    SysfsTree.makeDirectories(host.tree().sys(), "kernel/debug/modules")
        .addAttribute(new Attribute("progress", 0444, this::progress, null));
  }

  /** Everything that was found, also what was refused and why. */
  public List<FoundModule> found() {
    return found;
  }

  /** Names of the loaded modules, in the order in which they were loaded. */
  public List<LoadedModule> loaded() {
    List<LoadedModule> modules = new ArrayList<>();
    synchronized (loadOrder) {
      for (String name : loadOrder) {
        LoadedModule module = loaded.get(name);
        if (module != null) {
          modules.add(module);
        }
      }
    }
    return modules;
  }

  /** The loaded module of that name, or null. */
  public @Nullable LoadedModule loaded(String name) {
    return loaded.get(name);
  }

  /**
   * Loads a module and, before it, those that it requires; one that is loaded stays as it is. Waits
   * for a load or unload of the module that is under way in another thread.
   *
   * @throws ErrnoException as {@link #insmod}; {@code EINTR} if the thread is interrupted while it
   *     waits; {@code EDEADLK} if that load or unload waits for the calling thread
   */
  public void modprobe(String name, Map<String, String> parameters) {
    modprobe(name, parameters, List.of());
  }

  /** Loads a module with its initial parameters. See {@link #modprobe(String, Map)}. */
  public void modprobe(String name) {
    modprobe(name, Map.of());
  }

  private void modprobe(String name, Map<String, String> parameters, List<String> wantedBy) {
    if (builtIn.containsKey(name) || isLoaded(name)) {
      return;
    }
    if (wantedBy.contains(name)) {
      throw new ErrnoException(
          Errno.ELOOP, "modules require each other: " + String.join(" -> ", wantedBy));
    }
    List<String> chain = new ArrayList<>(wantedBy);
    chain.add(name);
    for (String required : sorted(find(name).requires())) {
      modprobe(required, Map.of(), chain);
    }
    while (!load(name, parameters)) {
      // Somebody else loads it at this moment; if that fails it is our turn.
      if (isLoaded(name)) {
        return;
      }
    }
  }

  /** Whether the module is loaded; waits for the end of a load or unload that is in progress. */
  private boolean isLoaded(String name) {
    LoadedModule known = loaded.get(name);
    return known != null && known.awaitSettled();
  }

  /**
   * Loads one module.
   *
   * @throws ErrnoException {@code ENOENT} if it was not found or a module that it requires is not
   *     loaded; {@code EEXIST} if it is loaded; {@code EINVAL} for a bad parameter; {@code ENODEV}
   *     once the host is being closed; else what its {@code load} threw. Nothing stays of a failed
   *     load
   */
  public void insmod(String name, Map<String, String> parameters) {
    if (!load(name, parameters)) {
      throw new ErrnoException(Errno.EEXIST, "module " + name + " is loaded already");
    }
  }

  /** As {@link #insmod}, but false if the module is loaded or being loaded. */
  private boolean load(String name, Map<String, String> parameters) {
    if (!enterLoad()) {
      throw new ErrnoException(
          Errno.ENODEV, "module " + name + " can't be loaded: " + host + " is being closed");
    }
    try {
      return loadInside(name, parameters);
    } finally {
      leaveLoad();
    }
  }

  /** Keeps the close of the host waiting until {@link #leaveLoad}; false once that has begun. */
  boolean enterLoad() {
    return loads.enter();
  }

  void leaveLoad() {
    loads.leave();
  }

  /** Whether the close of the host has begun. */
  final boolean isClosing() {
    return loads.isClosed();
  }

  private boolean loadInside(String name, Map<String, String> parameters) {
    DriverModule module = find(name);
    if (loaded.containsKey(name)) {
      return false;
    }
    Parameters values = Parameters.parse(name, module.parameters(), parameters);
    List<LoadedModule> required = getRequired(module);
    LoadedModule loading = new LoadedModule(module, required, host);
    if (loaded.putIfAbsent(name, loading) != null) {
      loading.scope().close();
      return false;
    }
    try {
      for (LoadedModule other : required) {
        other.holders().addLink(name, loading.directory());
        loading.scope().onClose(() -> other.holders().remove(name));
      }
      fillDirectory(loading, values);
      Activity.run(
          "load", loading, () -> module.load(new Context(host, loading, required, values)));
    } catch (Throwable failure) {
      Activity.run("load", loading, loading.scope()::close);
      directory.remove(loading.directory());
      loaded.remove(name, loading);
      loading.becomeGone();
      throw refusal(name, failure);
    }
    // First into the list: once it is live somebody may unload it, which takes it out again.
    synchronized (loadOrder) {
      loadOrder.add(name);
    }
    loading.becomeLive();
    host.devices().uevents().emit(Action.ADD, "/module/" + name, "module", List.of());
    return true;
  }

  /**
   * Unloads a module: closes its scope, so everything that it acquired goes, newest first.
   *
   * @throws ErrnoException {@code ENOENT} if it is not loaded; {@code EBUSY} while it is being
   *     loaded or unloaded; {@code EAGAIN} while it has users; {@code EDEADLK} if the calling
   *     thread is in the middle of something that the unload waits for: work or a timer of the
   *     module, a callback of its driver, a call of an attribute; nothing has changed then
   */
  public void rmmod(String name) {
    LoadedModule module = loaded.get(name);
    if (module == null) {
      throw new ErrnoException(Errno.ENOENT, "module " + name + " is not loaded");
    }
    if (module.state() == LoadedModule.State.COMING) {
      throw new ErrnoException(Errno.EBUSY, "module " + name + " is being loaded");
    }
    if (module.users() == 0) {
      Activity.refuseSelfWait(() -> "the unload of " + module, module::unloadWaitsFor);
      if (claimUnload(module)) {
        unload(module);
        return;
      }
    }
    throw module.isGoing()
        ? new ErrnoException(Errno.EBUSY, "module " + name + " is being unloaded")
        : new ErrnoException(Errno.EAGAIN, "module " + name + " is in use" + usersOf(module));
  }

  /** Claims the unload of a module that has no users: true for one caller only. */
  boolean claimUnload(LoadedModule module) {
    return module.beginUnload();
  }

  /**
   * Loads what is built in, by name.
   *
   * @throws ErrnoException what a {@code load} threw
   */
  void loadBuiltIn() {
    for (String name : sorted(builtIn.keySet())) {
      DriverModule module = Objects.requireNonNull(builtIn.get(name));
      LoadedModule loading = new LoadedModule(module, List.of(), host);
      loadedBuiltIn.add(loading);
      Parameters values = Parameters.parse(name, module.parameters(), Map.of());
      try {
        Activity.run(
            "load", loading, () -> module.load(new Context(host, loading, List.of(), values)));
      } catch (Throwable failure) {
        throw refusal(name, failure);
      }
      loading.becomeLive();
    }
  }

  /** What something built in offers under {@code type}, or null. */
  <T> @Nullable T builtInService(Class<T> type) {
    for (LoadedModule module : loadedBuiltIn) {
      T service = module.service(type);
      if (service != null) {
        return service;
      }
    }
    return null;
  }

  /**
   * Begins the close of the host: no load begins any more, and those under way have ended.
   *
   * @return whether the caller has to close the host and to call {@link #endClose}; false once
   *     another thread has
   * @throws ErrnoException {@code EDEADLK} if the calling thread is in the middle of something that
   *     the close waits for; {@code EINTR} if it is interrupted while it waits for another thread's
   *     close
   */
  boolean beginClose() {
    Activity.refuseSelfWait(() -> "the close of " + host, this::closeWaitsFor);
    if (!loads.close()) {
      try {
        closed.await();
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ErrnoException(Errno.EINTR, "interrupted while another thread closes " + host, e);
      }
    }
    loads.closeAndDrain();
    return true;
  }

  void endClose() {
    closed.countDown();
  }

  private boolean closeWaitsFor(Object place) {
    return place == host
        || (place instanceof SysfsNode node && node.isWithin(host.tree().root()))
        || (place instanceof Device device && device.directory().isWithin(host.tree().root()))
        || Stream.concat(loaded.values().stream(), loadedBuiltIn.stream())
            .anyMatch(module -> module == place || module.unloadWaitsFor(place));
  }

  /** Unloads everything, newest first; waits for users of devices to close them. */
  void unloadAll() {
    List<LoadedModule> modules = loaded();
    for (LoadedModule module : modules.reversed()) {
      int users = module.users();
      if (!module.forceUnload()) {
        module.awaitGone();
        continue;
      }
      if (users > 0) {
        log.warn("unloading {} although it has {} users", module.name(), users);
      }
      unload(module);
    }
    for (LoadedModule module : loadedBuiltIn.reversed()) {
      module.scope().close();
    }
  }

  private void unload(LoadedModule module) {
    String name = module.name();
    Activity.run("unload", module, module.scope()::close);
    int left = module.clock().left();
    if (left > 0) {
      host.tracing()
          .report(
              "unloading " + module,
              new IllegalStateException(
                  left
                      + " timers on the host's clock were left:"
                      + " cancel the Timer in close, or hand it to the Scope"));
    }
    synchronized (loadOrder) {
      loadOrder.remove(name);
    }
    host.devices().uevents().emit(Action.REMOVE, "/module/" + name, "module", List.of());
    directory.remove(module.directory());
    loaded.remove(name, module);
    module.becomeGone();
  }

  private DriverModule find(String name) {
    DriverModule module = loadable.get(name);
    if (module != null) {
      return module;
    }
    if (builtIn.containsKey(name)) {
      throw new ErrnoException(Errno.EEXIST, "module " + name + " is built in");
    }
    for (FoundModule refused : found) {
      if (refused.name().equals(name)) {
        throw new ErrnoException(
            Errno.ENOENT, "module " + name + " can't be loaded: " + refused.refusal());
      }
    }
    throw new ErrnoException(
        Errno.ENOENT,
        "there is no module '"
            + name
            + "'; there are: "
            + String.join(", ", sorted(loadable.keySet())));
  }

  /** Takes one use of each required module; they are in scope order, so undone last. */
  private List<LoadedModule> getRequired(DriverModule module) {
    List<LoadedModule> required = new ArrayList<>();
    for (String name : sorted(module.requires())) {
      if (builtIn.containsKey(name)) {
        continue;
      }
      LoadedModule other = loaded.get(name);
      if (other == null || other.state() != LoadedModule.State.LIVE || !other.tryGet()) {
        required.forEach(LoadedModule::put);
        throw new ErrnoException(
            Errno.ENOENT,
            "module " + module.name() + " requires module " + name + ", which is not loaded");
      }
      required.add(other);
    }
    return required;
  }

  /** {@code progress}: a line for each load or unload under way, and for each who waits for it. */
  private String progress() {
    return loaded.values().stream()
        .sorted(Comparator.comparing(LoadedModule::name))
        .flatMap(module -> module.progress().stream())
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private void fillDirectory(LoadedModule loading, Parameters values) {
    SysfsDirectory home = loading.directory();
    home.addAttribute(Attribute.readOnly("refcnt", loading::users));
    home.addAttribute(
        Attribute.readOnly(
            "initstate", () -> loading.state().name().toLowerCase(java.util.Locale.ROOT)));
    home.add(loading.holders());
    List<Parameter> visible =
        loading.module().parameters().stream().filter(Parameter::visible).toList();
    if (!visible.isEmpty()) {
      SysfsDirectory parameters = home.addDirectory("parameters");
      for (Parameter parameter : visible) {
        parameters.addAttribute(
            Attribute.readOnly(parameter.name(), () -> values.text(parameter.name())));
      }
    }
    directory.add(home);
  }

  private static String usersOf(LoadedModule module) {
    String holders =
        module.holders().children().stream()
            .map(node -> node.name())
            .collect(Collectors.joining(", "));
    return " ("
        + module.users()
        + (holders.isEmpty() ? " users)" : " users, among them " + holders + ")");
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted(Comparator.naturalOrder()).toList();
  }

  private static ErrnoException refusal(String name, Throwable failure) {
    ErrnoException refusal = ErrnoException.of(failure, "loading module " + name);
    log.warn("module {} could not be loaded: {}", name, refusal.summary());
    return refusal;
  }

  /** What one load hands to its module. */
  private record Context(
      Host host, LoadedModule module, List<LoadedModule> required, Parameters parameters)
      implements ModuleContext {
    @Override
    public Scope scope() {
      return module.scope();
    }

    @Override
    public <T> T service(Class<T> type) {
      for (LoadedModule other : required) {
        T service = other.service(type);
        if (service != null) {
          return service;
        }
      }
      T service = host.modules().builtInService(type);
      if (service != null) {
        return service;
      }
      throw new IllegalStateException(
          "no module that "
              + module.name()
              + " requires "
              + module.requires()
              + " offers "
              + type.getSimpleName());
    }

    @Override
    public <T> void provide(Class<T> type, T service) {
      module.provide(type, service);
    }

    @Override
    public DriverCore devices() {
      return host.devices();
    }

    @Override
    public Machine machine() {
      return host.machine();
    }

    @Override
    public HostMemory memory() {
      return host.memory();
    }

    @Override
    public HostClock clock() {
      return module.clock();
    }

    @Override
    public Tracing tracing() {
      return host.tracing();
    }

    @Override
    public WorkQueue workQueue(String name, Scope owner) {
      return module.add(host.workQueue(module.name() + "/" + name), owner);
    }
  }
}
