package org.mdev4j.device.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What the service loader found under one name: a module that can be loaded, or the reason why not.
 *
 * @param name the module's name, or what could be learned of it
 * @param module the module, or null if it was refused
 * @param version the version of the Java module that brings it, or empty
 * @param from where it was found, for people
 * @param refusal why it can't be loaded, or null
 */
public record FoundModule(
    String name,
    @Nullable DriverModule module,
    String version,
    String from,
    @Nullable String refusal) {

  /**
   * Everything that {@link ServiceLoader} finds. A provider that breaks is reported with its
   * reason, and the others go on.
   */
  static List<FoundModule> all() {
    List<FoundModule> found = new ArrayList<>();
    Iterator<ServiceLoader.Provider<DriverModule>> providers =
        ServiceLoader.load(DriverModule.class).stream().iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          return found;
        }
        found.add(of(providers.next()));
      } catch (ServiceConfigurationError broken) {
        found.add(refused("?", "", "module path", reason(broken)));
      }
    }
  }

  /** A module that is given by hand, as tests do. */
  static FoundModule of(DriverModule module) {
    Class<?> type = module.getClass();
    return check(module, type);
  }

  private static FoundModule of(ServiceLoader.Provider<DriverModule> provider) {
    Class<? extends DriverModule> type = provider.type();
    try {
      return check(provider.get(), type);
    } catch (ServiceConfigurationError | RuntimeException | LinkageError broken) {
      return refused(type.getSimpleName(), version(type), from(type), reason(broken));
    }
  }

  private static FoundModule check(DriverModule module, Class<?> type) {
    String name;
    try {
      name = module.name();
      if (!name.matches("[A-Za-z0-9_-]+")) {
        return refused(name, version(type), from(type), "'" + name + "' is not a module name");
      }
      if (module.apiVersion() != DriverModule.API_VERSION) {
        return refused(
            name,
            version(type),
            from(type),
            "written for version "
                + module.apiVersion()
                + " of the driver interface, this is "
                + DriverModule.API_VERSION);
      }
    } catch (RuntimeException | LinkageError broken) {
      return refused(type.getSimpleName(), version(type), from(type), reason(broken));
    }
    return new FoundModule(name, module, version(type), from(type), null);
  }

  /** Refuses the second and later of several modules with one name: which is meant is unclear. */
  static List<FoundModule> unique(List<FoundModule> found) {
    Map<String, FoundModule> first = new HashMap<>();
    List<FoundModule> unique = new ArrayList<>();
    for (FoundModule module : found) {
      FoundModule twin = module.refusal() == null ? first.putIfAbsent(module.name(), module) : null;
      unique.add(
          twin == null
              ? module
              : refused(
                  module.name(),
                  module.version(),
                  module.from(),
                  "a module of this name was found in " + twin.from() + " before"));
    }
    return unique;
  }

  private static FoundModule refused(String name, String version, String from, String reason) {
    return new FoundModule(name, null, version, from, reason);
  }

  private static String reason(Throwable broken) {
    Throwable cause = broken.getCause() == null ? broken : broken.getCause();
    return cause.toString();
  }

  private static String version(Class<?> type) {
    java.lang.module.ModuleDescriptor descriptor = type.getModule().getDescriptor();
    String packaged = type.getPackage().getImplementationVersion();
    if (descriptor != null && descriptor.rawVersion().isPresent()) {
      return descriptor.rawVersion().get();
    }
    return packaged == null ? "" : packaged;
  }

  private static String from(Class<?> type) {
    String module = type.getModule().getName();
    return module == null ? type.getName() : module + "/" + type.getName();
  }
}
