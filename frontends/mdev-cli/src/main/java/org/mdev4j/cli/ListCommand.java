package org.mdev4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import org.mdev4j.cli.verbs.DeviceEntry;
import org.mdev4j.cli.verbs.Inventory;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mdev list}: what was created. */
@Command(
    name = "list",
    description = "List the mediated devices that there are.",
    footer = {
      "",
      "JSON: an array of {uuid, parent, type, driver, iommu_group, vfio_device, device_api, name,"
          + " used_by},",
      "with or without --verbose; null for what the tree does not say."
    },
    mixinStandardHelpOptions = true)
final class ListCommand extends SysfsCommand {
  @Option(
      names = {"-v", "--verbose"},
      description = {
        "Also IOMMU group, VFIO device, API, the type's name, who has it open;",
        "then loads and unloads of modules under way, and what they wait for since when."
      })
  private boolean verbose;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  ListCommand() {}

  @Override
  public Integer call() throws VerbException {
    Inventory inventory = inventory();
    List<DeviceEntry> devices = inventory.devices();
    if (json) {
      printJson(devices, out());
    } else {
      table(devices).print(commandLine(), "no mediated device in " + root());
      if (verbose) {
        PrintWriter out = out();
        inventory.progress().forEach(out::println);
        out.flush();
      }
    }
    return 0;
  }

  private Table table(List<DeviceEntry> devices) {
    if (!verbose) {
      Table table = new Table("UUID", "PARENT", "TYPE", "DRIVER");
      devices.forEach(
          device -> table.add(device.uuid(), device.parent(), device.type(), device.driver()));
      return table;
    }
    Table table =
        new Table(
            "UUID", "PARENT", "TYPE", "DRIVER", "GROUP", "VFIO DEVICE", "API", "NAME", "USED BY");
    for (DeviceEntry device : devices) {
      table.add(
          device.uuid(),
          device.parent(),
          device.type(),
          device.driver(),
          device.iommuGroup(),
          device.vfioDevice(),
          device.deviceApi(),
          device.name(),
          device.users().isEmpty() ? null : String.join(", ", device.users()));
    }
    return table;
  }

  private static void printJson(List<DeviceEntry> devices, PrintWriter out) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (DeviceEntry device : devices) {
      ObjectNode object =
          array
              .addObject()
              .put("uuid", device.uuid())
              .put("parent", device.parent())
              .put("type", device.type())
              .put("driver", device.driver())
              .put("iommu_group", device.iommuGroup())
              .put("vfio_device", device.vfioDevice())
              .put("device_api", device.deviceApi())
              .put("name", device.name());
      device.users().forEach(object.putArray("used_by")::add);
    }
    Json.print(array, out);
  }
}
