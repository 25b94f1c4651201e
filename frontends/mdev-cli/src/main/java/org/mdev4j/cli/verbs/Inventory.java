package org.mdev4j.cli.verbs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parents, types and mediated devices of a sysfs tree. Nothing is kept: each question reads the
 * tree. What goes away while it is read is left out.
 */
public final class Inventory {
  private final Path root;

  /**
   * @param root {@code /sys}, or a directory that looks like it
   * @throws VerbException if it doesn't
   */
  public Inventory(Path root) throws VerbException {
    if (!Files.isDirectory(root)) {
      throw new VerbException("there is no directory " + root);
    }
    if (!Files.isDirectory(root.resolve("class")) && !Files.isDirectory(root.resolve("bus"))) {
      throw new VerbException(root + " is no sysfs: it has neither class nor bus");
    }
    this.root = root;
  }

  /** The parents' names. */
  public List<String> parents() throws VerbException {
    return parentDirectories().stream().map(SysfsFiles::name).toList();
  }

  /** The types of all parents. */
  public List<TypeEntry> types() throws VerbException {
    List<TypeEntry> types = new ArrayList<>();
    for (Path parent : parentDirectories()) {
      types.addAll(typesOf(parent));
    }
    return types;
  }

  /**
   * The types of one parent.
   *
   * @throws VerbException if there is no such parent, naming those that there are
   */
  public List<TypeEntry> types(String parent) throws VerbException {
    return typesOf(parentDirectory(parent));
  }

  /** The mediated devices, by UUID. */
  public List<DeviceEntry> devices() throws VerbException {
    List<DeviceEntry> devices = new ArrayList<>();
    for (Path link : list(root.resolve("bus/mdev/devices"))) {
      DeviceEntry device = device(link);
      if (device != null) {
        devices.add(device);
      }
    }
    return devices;
  }

  /**
   * The loads and unloads of modules that are under way, and who waits for them: a line for each,
   * which says since when and for what it waits. Only a host of mdev4j says so.
   */
  public List<String> progress() {
    String progress = SysfsFiles.read(root.resolve("kernel/debug/modules/progress"));
    return progress == null ? List.of() : progress.lines().toList();
  }

  /** Where the device is found, whether it exists or not. */
  Path devicePath(String uuid) {
    return root.resolve("bus/mdev/devices").resolve(uuid);
  }

  /** {@code PARENT/mdev_supported_types/TYPE}. */
  Path typePath(TypeEntry type) {
    return typesDirectory(root.resolve("class/mdev_bus").resolve(type.parent())).resolve(type.id());
  }

  private List<Path> parentDirectories() throws VerbException {
    return list(root.resolve("class/mdev_bus")).stream()
        .filter(parent -> Files.isDirectory(typesDirectory(parent)))
        .toList();
  }

  private Path parentDirectory(String name) throws VerbException {
    List<Path> parents = parentDirectories();
    for (Path parent : parents) {
      if (SysfsFiles.name(parent).equals(name)) {
        return parent;
      }
    }
    throw new VerbException(
        "there is no parent '"
            + name
            + "'; "
            + among(parents.stream().map(SysfsFiles::name).toList()));
  }

  /** Says what there is to choose from. */
  static String among(List<String> names) {
    return names.isEmpty() ? "there are none" : "there are: " + String.join(", ", names);
  }

  private List<TypeEntry> typesOf(Path parent) throws VerbException {
    return list(typesDirectory(parent)).stream()
        .map(
            type ->
                new TypeEntry(
                    SysfsFiles.name(parent),
                    SysfsFiles.name(type),
                    SysfsFiles.read(type.resolve("device_api")),
                    SysfsFiles.read(type.resolve("available_instances")),
                    SysfsFiles.read(type.resolve("name")),
                    SysfsFiles.read(type.resolve("description"))))
        .toList();
  }

  private @Nullable DeviceEntry device(Path link) {
    Path directory;
    try {
      directory = link.toRealPath();
    } catch (IOException gone) {
      return null;
    }
    Path parent = directory.getParent();
    Path type = directory.resolve("mdev_type");
    return new DeviceEntry(
        SysfsFiles.name(link),
        parent == null ? "" : SysfsFiles.name(parent),
        SysfsFiles.target(type),
        SysfsFiles.target(directory.resolve("driver")),
        SysfsFiles.target(directory.resolve("iommu_group")),
        vfioDevice(directory),
        SysfsFiles.read(type.resolve("device_api")),
        SysfsFiles.read(type.resolve("name")),
        users(SysfsFiles.name(link)));
  }

  /** Who has the device open. Only a host of mdev4j says so; a kernel's tree doesn't. */
  List<String> users(String uuid) {
    String users = SysfsFiles.read(root.resolve("kernel/debug/vfio/users"));
    String device = uuid + " ";
    return users == null
        ? List.of()
        : users
            .lines()
            .filter(line -> line.startsWith(device))
            .map(line -> line.substring(device.length()))
            .toList();
  }

  private static @Nullable String vfioDevice(Path directory) {
    try {
      List<Path> devices = SysfsFiles.list(directory.resolve("vfio-dev"));
      return devices.isEmpty() ? null : SysfsFiles.name(devices.getFirst());
    } catch (IOException unreadable) {
      return null;
    }
  }

  private static Path typesDirectory(Path parent) {
    return parent.resolve("mdev_supported_types");
  }

  private static List<Path> list(Path directory) throws VerbException {
    try {
      return SysfsFiles.list(directory);
    } catch (IOException failure) {
      throw new VerbException(directory + ": " + Refusal.of(failure), failure);
    }
  }
}
