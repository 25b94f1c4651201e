package org.mdev4j.driver.ap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What ought to be, said as plainly as it can be: sets of numbers, worked out anew after each step.
 * Queues are {@code adapter * 256 + domain}. It shares no code with the driver or the bus.
 */
final class SimpleMatrix {
  final Set<Integer> hostAdapters = new TreeSet<>(Set.of(4, 5, 6));
  final Set<Integer> hostDomains = new TreeSet<>(Set.of(4, 0x47, 0xab, 0xff));
  final Set<Integer> hostControl = new TreeSet<>(Set.of(4, 0x47));
  final Set<Integer> apmask = all();
  final Set<Integer> aqmask = all();

  /** Queues that were unbound by hand and not bound again. */
  final Set<Integer> unbound = new TreeSet<>();

  final Map<String, Device> devices = new LinkedHashMap<>();

  static final class Device {
    final Set<Integer> adapters = new TreeSet<>();
    final Set<Integer> domains = new TreeSet<>();
    final Set<Integer> control = new TreeSet<>();
    final Set<Integer> guestAdapters = new TreeSet<>();
    final Set<Integer> guestDomains = new TreeSet<>();
    final Set<Integer> guestControl = new TreeSet<>();
    boolean open;

    Set<Integer> of(String what) {
      return switch (what) {
        case "adapter" -> adapters;
        case "domain" -> domains;
        default -> control;
      };
    }

    boolean has(int queue) {
      return adapters.contains(queue >> 8) && domains.contains(queue & 255);
    }

    boolean guestHas(int queue) {
      return guestAdapters.contains(queue >> 8) && guestDomains.contains(queue & 255);
    }
  }

  private static Set<Integer> all() {
    Set<Integer> all = new TreeSet<>();
    for (int i = 0; i < 256; i++) {
      all.add(i);
    }
    return all;
  }

  boolean isReserved(int queue) {
    return apmask.contains(queue >> 8) && aqmask.contains(queue & 255);
  }

  boolean exists(int queue) {
    return hostAdapters.contains(queue >> 8) && hostDomains.contains(queue & 255);
  }

  boolean isBound(int queue) {
    return exists(queue) && !isReserved(queue) && !unbound.contains(queue);
  }

  /** The errno's name, or null. */
  @Nullable String assign(String uuid, String what, int number) {
    if (number > (what.equals("adapter") ? 127 : 255)) {
      return "ENODEV";
    }
    Device device = devices.get(uuid);
    if (!device.of(what).add(number) || what.equals("control_domain")) {
      filterControl(device);
      return null;
    }
    for (int adapter : device.adapters) {
      for (int domain : device.domains) {
        if (isReserved(adapter << 8 | domain)) {
          device.of(what).remove(number);
          return "EADDRNOTAVAIL";
        }
      }
    }
    for (Device other : devices.values()) {
      for (int adapter : device.adapters) {
        for (int domain : device.domains) {
          if (other != device && other.has(adapter << 8 | domain)) {
            device.of(what).remove(number);
            return "EADDRINUSE";
          }
        }
      }
    }
    filter(device);
    return null;
  }

  @Nullable String unassign(String uuid, String what, int number) {
    if (number > (what.equals("adapter") ? 127 : 255)) {
      return "ENODEV";
    }
    Device device = devices.get(uuid);
    if (device.of(what).remove(number)) {
      if (what.equals("control_domain")) {
        filterControl(device);
      } else {
        filter(device);
      }
    }
    return null;
  }

  /** Changes one bit of apmask or aqmask; the errno's name, or null. */
  @Nullable String mask(boolean adapters, boolean reserve, int number) {
    Set<Integer> mask = adapters ? apmask : aqmask;
    if (!reserve) {
      mask.remove(number);
    } else if (mask.add(number)) {
      for (Device device : devices.values()) {
        for (int adapter : device.adapters) {
          for (int domain : device.domains) {
            int changed = adapters ? adapter : domain;
            if (changed == number && isReserved(adapter << 8 | domain)) {
              mask.remove(number);
              return "EBUSY";
            }
          }
        }
      }
    }
    // The bus offers every queue without a driver again.
    Set<Integer> offered = new TreeSet<>(unbound);
    unbound.clear();
    offered.forEach(this::bound);
    newlyBound();
    return null;
  }

  /** The queues that a mask change gives to vfio_ap are probed one after the other. */
  private void newlyBound() {
    for (int adapter : hostAdapters) {
      for (int domain : hostDomains) {
        if (isBound(adapter << 8 | domain)) {
          bound(adapter << 8 | domain);
        }
      }
    }
  }

  private void bound(int queue) {
    devices.values().stream().filter(device -> device.has(queue)).forEach(this::filter);
  }

  void unbind(int queue) {
    unbound.add(queue);
    for (Device device : devices.values()) {
      if (device.guestHas(queue)) {
        device.guestAdapters.remove(queue >> 8);
      }
    }
  }

  void bind(int queue) {
    unbound.remove(queue);
    bound(queue);
  }

  /** The host's configuration has changed, in one kind of number. */
  void host(String what, boolean gained, int number) {
    Set<Integer> numbers =
        switch (what) {
          case "adapters" -> hostAdapters;
          case "domains" -> hostDomains;
          default -> hostControl;
        };
    boolean changed = gained ? numbers.add(number) : numbers.remove(number);
    if (!changed) {
      return;
    }
    // Devices that went and come again are offered to drivers like new ones.
    unbound.removeIf(queue -> !exists(queue));
    devices.values().forEach(this::filter);
    devices.values().forEach(this::filterControl);
  }

  private void filter(Device device) {
    device.guestDomains.clear();
    device.guestDomains.addAll(device.domains);
    device.guestDomains.retainAll(hostDomains);
    device.guestAdapters.clear();
    for (int adapter : device.adapters) {
      if (hostAdapters.contains(adapter)
          && device.guestDomains.stream().allMatch(domain -> isBound(adapter << 8 | domain))) {
        device.guestAdapters.add(adapter);
      }
    }
  }

  private void filterControl(Device device) {
    device.guestControl.clear();
    device.guestControl.addAll(device.control);
    device.guestControl.retainAll(hostControl);
  }

  static String text(Set<Integer> adapters, Set<Integer> domains) {
    List<String> lines = new ArrayList<>();
    for (int adapter : adapters) {
      for (int domain : domains) {
        lines.add(String.format("%02x.%04x\n", adapter, domain));
      }
      if (domains.isEmpty()) {
        lines.add(String.format("%02x.\n", adapter));
      }
    }
    if (adapters.isEmpty()) {
      domains.forEach(domain -> lines.add(String.format(".%04x\n", domain)));
    }
    return String.join("", lines);
  }

  /** What {@code status} of a queue shows; null if there is no such file. */
  @Nullable String status(int queue) {
    if (!isBound(queue)) {
      return null;
    }
    for (Device device : devices.values()) {
      if (device.has(queue)) {
        return device.open && device.guestHas(queue) ? "in use\n" : "assigned\n";
      }
    }
    return "unassigned\n";
  }

  static String mask(Set<Integer> numbers) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      bits.append(numbers.contains(i) ? '1' : '0');
    }
    StringBuilder text = new StringBuilder("0x");
    for (int i = 0; i < 256; i += 4) {
      text.append(Integer.toHexString(Integer.parseInt(bits.substring(i, i + 4), 2)));
    }
    return text.toString();
  }
}
