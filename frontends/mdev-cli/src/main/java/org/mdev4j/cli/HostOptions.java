package org.mdev4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.FoundModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Machine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that run a host: which machine it is, and what is loaded at start. */
final class HostOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--machine",
      paramLabel = "NAME|FILE",
      converter = Machines.class,
      description =
          "What hardware the host has: plain, default, s390-oracle, ap-example, or a JSON file"
              + " (default: what the modules need, else plain).")
  private @Nullable Machine machine;

  @Option(
      names = "--modules",
      paramLabel = "NAME",
      split = ",",
      description = "Modules to load at start, with those that they require.")
  private List<String> modules = new ArrayList<>();

  @Option(
      names = "--param",
      paramLabel = "MODULE.KEY=VALUE",
      description = "A parameter for one of them.")
  private List<String> parameters = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  HostOptions() {}

  /**
   * A host as the options ask for.
   *
   * @throws ParameterException if they name what there isn't
   * @throws ErrnoException if a module refuses to be loaded
   */
  Host start(String name) {
    Host host = boot(name);
    try {
      load(host);
      return host;
    } catch (RuntimeException refused) {
      host.close();
      throw refused;
    }
  }

  /** A host with the machine that the options ask for, and no module loaded yet. */
  Host boot(String name) {
    Machine chosen = machine == null ? Machines.usual(modules) : machine;
    return Host.builder().name(name).machine(chosen).start();
  }

  /**
   * Loads the modules that the options name.
   *
   * @throws ParameterException if they name what there isn't
   * @throws ErrnoException if a module refuses to be loaded
   */
  void load(Host host) {
    Map<String, Map<String, String>> values = values();
    checkKnown(host, modules);
    checkKnown(host, values.keySet());
    for (String module : inOrder(host, values.keySet())) {
      host.modules().modprobe(module, values.getOrDefault(module, Map.of()));
    }
    checkLoaded(host, values.keySet());
  }

  private Map<String, Map<String, String>> values() {
    Map<String, Map<String, String>> values = new LinkedHashMap<>();
    for (String parameter : parameters) {
      int dot = parameter.indexOf('.');
      int equals = parameter.indexOf('=');
      if (dot < 1 || equals < dot + 2) {
        throw wrong("'" + parameter + "' is no MODULE.KEY=VALUE");
      }
      values
          .computeIfAbsent(parameter.substring(0, dot), module -> new LinkedHashMap<>())
          .put(parameter.substring(dot + 1, equals), parameter.substring(equals + 1));
    }
    return values;
  }

  /**
   * The modules to load, each after those of them that it requires: these may have parameters too.
   */
  private List<String> inOrder(Host host, Set<String> withParameters) {
    Set<String> ordered = new LinkedHashSet<>();
    modules.forEach(module -> visit(host, module, withParameters, ordered, new LinkedHashSet<>()));
    return List.copyOf(ordered);
  }

  private void visit(
      Host host, String name, Set<String> withParameters, Set<String> ordered, Set<String> way) {
    DriverModule module = loadable(host, name);
    if (module == null || !way.add(name)) {
      return;
    }
    for (String required : module.requires()) {
      visit(host, required, withParameters, ordered, way);
    }
    if (modules.contains(name) || withParameters.contains(name)) {
      ordered.add(name);
    }
  }

  private void checkKnown(Host host, Iterable<String> names) {
    for (String name : names) {
      if (loadable(host, name) == null) {
        try {
          host.modules().modprobe(name);
        } catch (ErrnoException unknown) {
          throw wrong(String.valueOf(unknown.getMessage()));
        }
      }
    }
  }

  private void checkLoaded(Host host, Iterable<String> names) {
    for (String name : names) {
      if (host.modules().loaded(name) == null) {
        throw wrong("--param is for " + name + ", which is not loaded; name it in --modules");
      }
    }
  }

  private static @Nullable DriverModule loadable(Host host, String name) {
    return host.modules().found().stream()
        .filter(found -> found.name().equals(name) && found.refusal() == null)
        .findFirst()
        .map(FoundModule::module)
        .orElse(null);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
