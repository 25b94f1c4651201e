package org.mdev4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.verbs.Inventory;
import org.mdev4j.cli.verbs.TypeEntry;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mdev types}: what can be created. */
@Command(
    name = "types",
    description = "List the types of mediated devices that can be created.",
    footer = {
      "",
      "JSON: an array of {parent, type, name, description, device_api, available_instances};",
      "the last is a number; null for what the tree does not say."
    },
    mixinStandardHelpOptions = true)
final class TypesCommand extends SysfsCommand {
  @Parameters(index = "0", arity = "0..1", paramLabel = "PARENT", description = "Only its types.")
  private @Nullable String parent;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  TypesCommand() {}

  @Override
  public Integer call() throws VerbException {
    Inventory inventory = inventory();
    List<TypeEntry> types = parent == null ? inventory.types() : inventory.types(parent);
    if (json) {
      printJson(types, out());
    } else {
      Table table = new Table("PARENT", "TYPE", "API", "AVAILABLE", "NAME");
      for (TypeEntry type : types) {
        table.add(
            type.parent(), type.id(), type.deviceApi(), type.availableInstances(), type.name());
      }
      table.print(commandLine(), "no parent in " + root());
    }
    return 0;
  }

  private static void printJson(List<TypeEntry> types, PrintWriter out) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (TypeEntry type : types) {
      array
          .addObject()
          .put("parent", type.parent())
          .put("type", type.id())
          .put("name", type.name())
          .put("description", type.description())
          .put("device_api", type.deviceApi())
          .set("available_instances", Json.number(type.availableInstances()));
    }
    Json.print(array, out);
  }
}
