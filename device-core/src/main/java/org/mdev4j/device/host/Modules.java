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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loadable modules of one host: what was found, what is loaded, {@code /sys/module}.
 *
 * <h2>Thread safety</h2>
 *
 * A load claims the module's name in a concurrent map, so of two loads of one module one is
 * refused; no lock is held while a module's own code runs. A module that requires others holds one
 * use of each, from before its code runs until after its scope is closed.
 */
public final class Modules {
  private static final Logger log = LoggerFactory.getLogger(Modules.class);

  private final Host host;
  private final SysfsDirectory directory;
  private final List<FoundModule> found;
  private final Map<String, DriverModule> loadable = new LinkedHashMap<>();
  private final Map<String, DriverModule> builtIn = new LinkedHashMap<>();
  private final List<LoadedModule> loadedBuiltIn = new CopyOnWriteArrayList<>();
  private final ConcurrentMap<String, LoadedModule> loaded = new ConcurrentHashMap<>();
  private final List<String> loadOrder = new ArrayList<>();

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
   * Loads a module and, before it, those that it requires; one that is loaded stays as it is, and
   * one that somebody else is loading is waited for.
   *
   * @throws ErrnoException as {@link #insmod}
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

  /** Whether the module is loaded; waits for the end of a load that is in progress. */
  private boolean isLoaded(String name) {
    LoadedModule known = loaded.get(name);
    return known != null && known.awaitLoad();
  }

  /**
   * Loads one module.
   *
   * @throws ErrnoException {@code ENOENT} if it was not found or a module that it requires is not
   *     loaded; {@code EEXIST} if it is loaded; {@code EINVAL} for a bad parameter; else what its
   *     {@code load} threw. Nothing stays of a failed load
   */
  public void insmod(String name, Map<String, String> parameters) {
    if (!load(name, parameters)) {
      throw new ErrnoException(Errno.EEXIST, "module " + name + " is loaded already");
    }
  }

  /** As {@link #insmod}, but false if the module is loaded or being loaded. */
  private boolean load(String name, Map<String, String> parameters) {
    DriverModule module = find(name);
    if (loaded.containsKey(name)) {
      return false;
    }
    Parameters values = Parameters.parse(name, module.parameters(), parameters);
    LoadedModule loading = new LoadedModule(module, host.tracing());
    List<LoadedModule> required = getRequired(module);
    if (loaded.putIfAbsent(name, loading) != null) {
      required.forEach(LoadedModule::put);
      return false;
    }
    required.forEach(other -> loading.scope().onClose(other::put));
    try {
      for (LoadedModule other : required) {
        other.holders().addLink(name, loading.directory());
        loading.scope().onClose(() -> other.holders().remove(name));
      }
      fillDirectory(loading, values);
      module.load(new Context(host, loading, required, values));
    } catch (Throwable failure) {
      loading.scope().close();
      directory.remove(loading.directory());
      loaded.remove(name, loading);
      loading.failToLoad();
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
   * @throws ErrnoException {@code ENOENT} if it is not loaded; {@code EAGAIN} while it has users or
   *     is being loaded
   */
  public void rmmod(String name) {
    LoadedModule module = loaded.get(name);
    if (module == null) {
      throw new ErrnoException(Errno.ENOENT, "module " + name + " is not loaded");
    }
    if (module.state() != LoadedModule.State.LIVE || !module.beginUnload()) {
      throw new ErrnoException(Errno.EAGAIN, "module " + name + " is in use" + usersOf(module));
    }
    unload(module);
  }

  /**
   * Loads what is built in, by name.
   *
   * @throws ErrnoException what a {@code load} threw
   */
  void loadBuiltIn() {
    for (String name : sorted(builtIn.keySet())) {
      DriverModule module = Objects.requireNonNull(builtIn.get(name));
      LoadedModule loading = new LoadedModule(module, host.tracing());
      loadedBuiltIn.add(loading);
      Parameters values = Parameters.parse(name, module.parameters(), Map.of());
      try {
        module.load(new Context(host, loading, List.of(), values));
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

  /** Unloads everything, newest first; waits for users of devices to close them. */
  void unloadAll() {
    List<LoadedModule> modules = loaded();
    for (LoadedModule module : modules.reversed()) {
      if (!module.beginUnload()) {
        log.warn("unloading {} although it has {} users", module.name(), module.users());
      }
      unload(module);
    }
    for (LoadedModule module : loadedBuiltIn.reversed()) {
      module.scope().close();
    }
  }

  private void unload(LoadedModule module) {
    String name = module.name();
    module.scope().close();
    synchronized (loadOrder) {
      loadOrder.remove(name);
    }
    host.devices().uevents().emit(Action.REMOVE, "/module/" + name, "module", List.of());
    directory.remove(module.directory());
    loaded.remove(name, module);
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
      return host.clock();
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
