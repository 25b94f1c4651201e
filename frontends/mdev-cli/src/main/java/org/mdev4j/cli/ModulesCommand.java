package org.mdev4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.FoundModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Parameter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mdev modules}: what the service loader found, also what can't be loaded, and why. */
@Command(
    name = "modules",
    description = "List the modules that can be loaded, with their parameters.",
    footer = {
      "",
      "JSON: an array of {name, version, from, description, requires, parameters, refusal};"
          + " refusal",
      "is null, or why it can't be loaded; parameters are {name, type, default, description}."
    },
    mixinStandardHelpOptions = true)
final class ModulesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it runs anything
  ModulesCommand() {}

  @Override
  public Integer call() {
    List<FoundModule> found;
    try (Host host = Host.builder().name("modules").start()) {
      found =
          host.modules().found().stream().sorted(Comparator.comparing(FoundModule::name)).toList();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      found.forEach(module -> describe(module, array.addObject()));
      Json.print(array, out);
    } else {
      found.forEach(module -> describe(module, out));
    }
    return 0;
  }

  private static void describe(FoundModule found, PrintWriter out) {
    DriverModule module = found.module();
    out.println((found.name() + " " + found.version()).strip() + ", from " + found.from());
    if (module == null) {
      out.println("    can't be loaded: " + found.refusal());
    } else {
      if (!module.description().isEmpty()) {
        out.println("    " + module.description());
      }
      if (!module.requires().isEmpty()) {
        out.println("    requires " + String.join(", ", sortedRequires(module)));
      }
      for (Parameter parameter : module.parameters()) {
        String assignment = parameter.name() + "=" + parameter.initial();
        out.println(
            String.format(
                Locale.ROOT,
                "    %-16s %s (%s)",
                assignment,
                parameter.description(),
                typeName(parameter)));
      }
    }
    out.flush();
  }

  private static void describe(FoundModule found, ObjectNode object) {
    DriverModule module = found.module();
    object.put("name", found.name()).put("version", found.version()).put("from", found.from());
    object.put("description", module == null ? null : module.description());
    ArrayNode requires = object.putArray("requires");
    ArrayNode parameters = object.putArray("parameters");
    if (module != null) {
      sortedRequires(module).forEach(requires::add);
      for (Parameter parameter : module.parameters()) {
        parameters
            .addObject()
            .put("name", parameter.name())
            .put("type", typeName(parameter))
            .put("default", parameter.initial())
            .put("description", parameter.description());
      }
    }
    object.put("refusal", found.refusal());
  }

  private static List<String> sortedRequires(DriverModule module) {
    return module.requires().stream().sorted().toList();
  }

  private static String typeName(Parameter parameter) {
    return parameter.type().name().toLowerCase(Locale.ROOT);
  }
}
