package org.mdev4j.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.device.sysfs.SysfsTree;

/** A tree with a driver core, and buses and drivers that a test scripts. */
final class TestBus {
  final SysfsTree tree = new SysfsTree();
  final Uevents uevents = new Uevents();
  final DriverCore core;

  /** What failed where no caller could be told, each as {@code what: message}. */
  final List<String> failures = new ArrayList<>();

  private final Uevents.Subscription subscription = uevents.subscribe();

  TestBus() {
    this(false);
  }

  TestBus(boolean powerManagement) {
    core =
        new DriverCore(
            tree,
            uevents,
            powerManagement,
            (what, failure) -> failures.add(what + ": " + failure.getMessage()));
    forgetEvents();
  }

  /** A bus that matches everything. */
  Bus bus(String name) {
    return bus(name, (device, driver) -> true, device -> List.of());
  }

  Bus bus(
      String name,
      BiPredicate<Device, RegisteredDriver> match,
      java.util.function.Function<Device, List<String>> environment) {
    Bus bus =
        core.registerBus(
            new BusType() {
              @Override
              public String name() {
                return name;
              }

              @Override
              public boolean match(Device device, RegisteredDriver driver) {
                return match.test(device, driver);
              }

              @Override
              public List<String> uevent(Device device) {
                return environment.apply(device);
              }
            });
    forgetEvents();
    return bus;
  }

  /** A driver whose callbacks are given. */
  static Driver driver(
      String name, BiFunction<Device, Scope, List<AttributeGroup>> probe, Consumer<Device> remove) {
    return new Driver() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<AttributeGroup> probe(Device device, Scope scope) {
        return probe.apply(device, scope);
      }

      @Override
      public void remove(Device device) {
        remove.accept(device);
      }
    };
  }

  /** A driver that takes everything and does nothing. */
  static Driver driver(String name) {
    return driver(name, (device, scope) -> List.of(), device -> {});
  }

  String read(String path) {
    try (SysfsFile file = tree.open(path, OpenMode.READ)) {
      return new String(file.read(0, 4096), ISO_8859_1);
    }
  }

  void write(String path, String text) {
    try (SysfsFile file = tree.open(path, OpenMode.WRITE)) {
      file.write(text.getBytes(ISO_8859_1));
    }
  }

  boolean exists(String path) {
    SysfsNode at = tree.root();
    for (String name : path.substring(1).split("/", -1)) {
      if (!(at instanceof org.mdev4j.device.sysfs.SysfsDirectory directory)
          || directory.child(name) == null) {
        return false;
      }
      at = directory.child(name);
    }
    return true;
  }

  String link(String path) {
    return ((SysfsLink) tree.resolve(path, false)).text();
  }

  /** Name and octal mode of everything in a directory, for example {@code uevent 644}. */
  List<String> list(String path) {
    List<String> entries = new ArrayList<>();
    ((org.mdev4j.device.sysfs.SysfsDirectory) tree.resolve(path))
        .children()
        .forEach(node -> entries.add(node.name() + " " + Integer.toOctalString(node.mode())));
    return entries;
  }

  /** The events since this was asked last, as text. */
  List<String> events() {
    return subscription.drain().stream().map(Uevent::toString).toList();
  }

  void forgetEvents() {
    List<Uevent> _ = subscription.drain();
  }
}
