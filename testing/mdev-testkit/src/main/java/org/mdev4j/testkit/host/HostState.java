package org.mdev4j.testkit.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * What there is on a host at a moment when it is at rest and nobody has created anything: to be
 * compared with a later such moment.
 *
 * @param available instances left, by the path of the type
 * @param paths everything in the tree
 * @param moduleUses uses of each loaded module
 * @param devices UUIDs that are listed
 * @param vfioDevices registered VFIO devices
 * @param buffers host buffers, also those of pinned pages
 * @param timers what waits for the host's time
 */
record HostState(
    Map<String, Long> available,
    Set<String> paths,
    Map<String, Integer> moduleUses,
    int devices,
    int vfioDevices,
    int buffers,
    int timers) {

  static HostState of(TestHost host) {
    Map<String, Long> available = new TreeMap<>();
    host.types().forEach(type -> available.put(type.path(), host.available(type)));
    Map<String, Integer> uses = new TreeMap<>();
    for (LoadedModule module : host.host().modules().loaded()) {
      uses.put(module.name(), module.users());
    }
    Set<String> paths = new TreeSet<>();
    list(host.host().tree().root(), paths);
    return new HostState(
        available,
        paths,
        uses,
        host.mdev().deviceCount(),
        host.vfio().deviceCount(),
        host.host().memory().inUse(),
        host.clock().timers());
  }

  /** What is in {@code later} and was not here; a sentence for each. */
  List<String> whatIsNewIn(HostState later) {
    List<String> news = new ArrayList<>();
    available.forEach(
        (type, before) -> {
          Long after = later.available.get(type);
          if (after != null && !after.equals(before)) {
            news.add(
                type
                    + " has "
                    + after
                    + " instances left without any device, and had "
                    + before
                    + ": counter + devices = limit (spec/mdev.md 8); declare an InstanceLimit and"
                    + " do not count");
          }
        });
    later.paths.stream()
        .filter(path -> !paths.contains(path) && !later.isNewWithItsDirectory(this, path))
        .forEach(
            path ->
                news.add(
                    path
                        + " is still in the tree: acquire what makes it in the Scope that load or"
                        + " probe was given, which takes it away"));
    later.moduleUses.forEach(
        (module, uses) -> {
          int before = moduleUses.getOrDefault(module, 0);
          if (uses > before) {
            news.add(
                "module "
                    + module
                    + " has "
                    + uses
                    + " uses, and had "
                    + before
                    + ": one was lost");
          }
        });
    count(news, "mediated devices listed", devices, later.devices, "");
    count(news, "registered VFIO devices", vfioDevices, later.vfioDevices, "");
    count(
        news,
        "host buffers or pinned pages",
        buffers,
        later.buffers,
        ": hand a buffer to the Scope, or give it back in close; unpin what was pinned");
    count(
        news,
        "timers on the host's clock",
        timers,
        later.timers,
        ": cancel the Timer in close, or hand it to the Scope");
    return news;
  }

  /** Whether already the directory that {@code path} is in was not there before. */
  private boolean isNewWithItsDirectory(HostState before, String path) {
    String directory = path.substring(0, path.lastIndexOf('/'));
    return paths.contains(directory) && !before.paths.contains(directory);
  }

  private static void count(List<String> news, String what, int before, int after, String advice) {
    if (after > before) {
      news.add(after + " " + what + ", and there were " + before + advice);
    }
  }

  private static void list(SysfsDirectory directory, Set<String> paths) {
    for (SysfsNode node : directory.children()) {
      paths.add(node.path());
      if (node instanceof SysfsDirectory below) {
        list(below, paths);
      }
    }
  }
}
