package org.mdev4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that looks like a kernel's sysfs with one parent and one device; nothing reacts. */
final class FakeSysfs {
  static final String UUID = "c0ffee00-0001-4000-8000-000000000001";

  private final Path root;

  FakeSysfs(Path root) throws IOException {
    this.root = root;
    Path parent = Files.createDirectories(root.resolve("devices/virtual/mtty/mtty"));
    type(parent, "mtty-1", "24");
    type(parent, "mtty-2", "12");
    link("class/mdev_bus/mtty", parent);
    Path device = Files.createDirectories(parent.resolve(UUID));
    file(device.resolve("remove"), "");
    link("bus/mdev/devices/" + UUID, device);
    Files.createDirectories(root.resolve("bus/mdev/drivers/mtty"));
    Files.createDirectories(root.resolve("kernel/iommu_groups/7"));
    Files.createSymbolicLink(device.resolve("driver"), root.resolve("bus/mdev/drivers/mtty"));
    Files.createSymbolicLink(device.resolve("iommu_group"), root.resolve("kernel/iommu_groups/7"));
    Files.createSymbolicLink(
        device.resolve("mdev_type"), Path.of("../mdev_supported_types/mtty-2"));
  }

  /** What was written to a file below the root. */
  String written(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }

  String types() {
    return "class/mdev_bus/mtty/mdev_supported_types";
  }

  void link(String name, Path target) throws IOException {
    Path link = root.resolve(name);
    Files.createDirectories(link.resolveSibling("."));
    Files.createSymbolicLink(link, target);
  }

  private static void type(Path parent, String id, String available) throws IOException {
    Path type = Files.createDirectories(parent.resolve("mdev_supported_types").resolve(id));
    file(type.resolve("name"), "Serial " + id);
    file(type.resolve("device_api"), "vfio-pci");
    file(type.resolve("available_instances"), available);
    Files.createFile(type.resolve("create"));
  }

  private static void file(Path path, String text) throws IOException {
    Files.writeString(path, text.isEmpty() ? "" : text + "\n");
  }
}
