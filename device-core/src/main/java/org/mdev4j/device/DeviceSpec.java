package org.mdev4j.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * What a device is to be, before {@link DriverCore#add} puts it into the tree.
 *
 * <p>Each method says one thing more and returns this. Not thread-safe; used once.
 */
public final class DeviceSpec {
  final String name;
  final List<AttributeGroup> groups = new ArrayList<>();
  final Map<String, SysfsDirectory> links = new LinkedHashMap<>();
  final List<SysfsDirectory> indexes = new ArrayList<>();
  @Nullable Device parent;
  @Nullable Bus bus;
  @Nullable DeviceClass deviceClass;
  @Nullable DeviceNumber number;
  @Nullable Object payload;
  Supplier<List<String>> environment = List::of;

  private DeviceSpec(String name) {
    this.name = name;
  }

  /**
   * A device directly below {@code /sys/devices}, or below {@code /sys/devices/virtual/CLASS} once
   * it is put in a class.
   */
  public static DeviceSpec named(String name) {
    return new DeviceSpec(name);
  }

  /** Puts it below another device. */
  public DeviceSpec below(Device above) {
    parent = above;
    return this;
  }

  /** Puts it on a bus; a device is on a bus or in a class, not both. */
  public DeviceSpec on(Bus itsBus) {
    if (deviceClass != null) {
      throw new IllegalStateException(name + " is in " + deviceClass);
    }
    bus = itsBus;
    return this;
  }

  /** Puts it in a class. See {@link #on}. */
  public DeviceSpec in(DeviceClass itsClass) {
    if (bus != null) {
      throw new IllegalStateException(name + " is on " + bus);
    }
    deviceClass = itsClass;
    return this;
  }

  /** Adds attributes that appear together with it. */
  public DeviceSpec with(AttributeGroup group) {
    groups.add(group);
    return this;
  }

  /** Adds a link in its directory that appears together with it. */
  public DeviceSpec linkedTo(SysfsDirectory target, String linkName) {
    links.put(linkName, target);
    return this;
  }

  /** Has a link of its name put into {@code directory} before it is announced. */
  public DeviceSpec listedIn(SysfsDirectory directory) {
    indexes.add(directory);
    return this;
  }

  /** Gives it a character device number and a node. */
  public DeviceSpec numbered(DeviceNumber itsNumber) {
    number = itsNumber;
    return this;
  }

  /** Adds variables to its uevents. */
  public DeviceSpec announcing(Supplier<List<String>> variables) {
    environment = variables;
    return this;
  }

  /** Lets it stand for an object of whoever adds it. */
  public DeviceSpec carrying(Object itsPayload) {
    payload = itsPayload;
    return this;
  }
}
