package org.mdev4j.replay.shadow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.replay.vfio.MappedRegion;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;

/**
 * The shadows of all devices that the probe opened, and of the address spaces of its containers.
 * Not thread-safe: it belongs to the thread that replays.
 */
public final class Shadows {
  private static final String DEVICES = "/sys/bus/mdev/devices/";
  private static final String SUBCHANNELS = "/sys/devices/css";

  private final Host host;
  private final Map<String, Shadow> byUuid = new HashMap<>();
  private final Map<String, CcwShadow> subchannels = new HashMap<>();
  private final Map<String, CcwShadow> subchannelsByUuid = new HashMap<>();
  private final IdentityHashMap<Container, DmaShadow> spaces = new IdentityHashMap<>();

  public Shadows(Host host) {
    this.host = host;
  }

  /** The shadow of an open device; null for a device that is none of the samples. */
  public @Nullable Shadow of(DeviceFile file) {
    return byUuid.get(file.name());
  }

  /** The shadow of the subchannel behind an open device; null for a device that is none. */
  public @Nullable CcwShadow subchannel(DeviceFile file) {
    return subchannelsByUuid.get(file.name());
  }

  /** Whether an interrupt of any subchannel that is open has that eventfd. */
  public boolean isBound(String eventfd) {
    return subchannels.values().stream().anyMatch(each -> each.irqs().isBound(eventfd));
  }

  /** The device of that number, such as 0.0.1002, was pulled. */
  public void pulled(String deviceNumber) {
    subchannels.values().forEach(each -> each.pulled(deviceNumber));
  }

  /**
   * The eventfd for status of a device that was closed while a thread's call held it open; null if
   * there is none.
   */
  public @Nullable String closedAmid() {
    return subchannels.values().stream()
        .map(CcwShadow::closedAmid)
        .filter(Objects::nonNull)
        .findAny()
        .orElse(null);
  }

  /** A thread of the probe was joined. */
  public void joined(String thread) {
    subchannels.values().forEach(each -> each.threads().joined(thread));
  }

  /**
   * The path of a device that the kernel has taken out of its tree for no good reason, and that is
   * there.
   *
   * @param name the device as its bus lists it: {@code css/devices/NAME} or {@code
   *     mdev/devices/NAME}
   * @return null if it is none of those
   */
  public @Nullable String keptInTree(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    for (Map.Entry<String, CcwShadow> each : subchannels.entrySet()) {
      if (!each.getValue().threads().isBroken() || each.getValue().isGone()) {
        continue;
      }
      if (each.getKey().endsWith("/" + last)) {
        return each.getKey();
      }
      if (each.getValue().equals(subchannelsByUuid.get(last))) {
        return each.getKey() + "/" + last;
      }
    }
    return null;
  }

  /** Whether an address is mapped in any container. */
  public boolean isMapped(long iova) {
    return spaces.values().stream().anyMatch(space -> space.isMapped(iova, 1));
  }

  /**
   * The machine reports something about a channel path: those whose subchannels use it are told.
   *
   * @param report the channel-report word as users are given it
   */
  public void reported(int chpid, int report) {
    for (SysfsNode device : devices()) {
      CcwShadow shadow = findSubchannel(device);
      if (shadow != null && usesPath(device, chpid)) {
        shadow.reported(report, device);
      }
    }
  }

  private List<SysfsNode> devices() {
    try {
      List<SysfsNode> devices = new ArrayList<>();
      if (host.tree().resolve(DEVICES) instanceof SysfsDirectory directory) {
        for (SysfsNode link : directory.children()) {
          devices.add(host.tree().resolve(DEVICES + link.name()));
        }
      }
      return devices;
    } catch (ErrnoException none) {
      return List.of();
    }
  }

  /** Whether the subchannel above a device has the path: its masks name eight, these are in use. */
  private boolean usesPath(SysfsNode device, int chpid) {
    String parent = device.path().substring(0, device.path().lastIndexOf('/'));
    try {
      String[] chpids = read(parent + "/chpids").split(" ", -1);
      int installed = Integer.parseInt(read(parent + "/pimpampom").split(" ", 2)[0], 16);
      for (int i = 0; i < chpids.length; i++) {
        if ((installed & 0x80 >> i) != 0 && Integer.parseInt(chpids[i], 16) == chpid) {
          return true;
        }
      }
    } catch (ErrnoException | NumberFormatException noSubchannel) {
      // It goes away, and with it the report.
    }
    return false;
  }

  private String read(String path) {
    try (SysfsFile file = host.tree().open(path, OpenMode.READ)) {
      return new String(file.read(0, 4096), ISO_8859_1).strip();
    }
  }

  /** The shadow of the subchannel above a mediated device; null if there is none above it. */
  private @Nullable CcwShadow findSubchannel(SysfsNode device) {
    String path = device.path();
    String parent = path.substring(0, path.lastIndexOf('/'));
    if (!parent.startsWith(SUBCHANNELS)) {
      return null;
    }
    CcwShadow shadow =
        subchannels.computeIfAbsent(parent, first -> new CcwShadow(read(parent + "/dev_busid")));
    subchannelsByUuid.put(device.name(), shadow);
    return shadow;
  }

  /** The shadow of the mapped device, or null. */
  public @Nullable Shadow of(MappedRegion region) {
    return byUuid.get(region.device());
  }

  /** The address space of a container. */
  public DmaShadow of(Container container) {
    return spaces.computeIfAbsent(container, key -> new DmaShadow());
  }

  /** The probe has this open now. */
  public void opened(AutoCloseable opened) {
    if (opened instanceof DeviceFile file) {
      Shadow shadow = find(file.name());
      if (shadow != null) {
        shadow.opened();
      } else {
        openedSubchannel(file.name());
      }
    } else if (opened instanceof MappedRegion region) {
      Shadow shadow = of(region);
      if (shadow != null) {
        shadow.opened();
        shadow.mapped(region.offset(), 1);
      }
    }
  }

  /** The probe has closed this. */
  public void closed(AutoCloseable closed) {
    if (closed instanceof Container container) {
      spaces.remove(container);
    } else if (closed instanceof DeviceFile file) {
      Shadow shadow = of(file);
      if (shadow != null) {
        shadow.closed();
      }
      CcwShadow subchannel = subchannel(file);
      if (subchannel != null) {
        subchannel.closed();
      }
    } else if (closed instanceof MappedRegion region) {
      Shadow shadow = of(region);
      if (shadow != null) {
        shadow.mapped(region.offset(), -1);
        shadow.closed();
      }
    }
  }

  private void openedSubchannel(String uuid) {
    CcwShadow shadow;
    Object owner;
    try {
      SysfsNode device = host.tree().resolve(DEVICES + uuid);
      shadow = findSubchannel(device);
      owner = device;
    } catch (ErrnoException going) {
      // It is being removed, and so is not a new one.
      shadow = subchannelsByUuid.get(uuid);
      owner = this;
    }
    if (shadow != null) {
      shadow.opened(owner);
    }
  }

  private @Nullable Shadow find(String uuid) {
    Object identity;
    String type;
    try {
      identity = host.tree().resolve(DEVICES + uuid);
      type =
          host.tree().resolve(DEVICES + uuid + "/mdev_type", false) instanceof SysfsLink link
              ? link.text()
              : "";
    } catch (ErrnoException going) {
      // It is being removed, and so is not a new one.
      return byUuid.get(uuid);
    }
    Shadow known = byUuid.get(uuid);
    if (known != null && known.is(identity)) {
      return known;
    }
    Model model = Model.of(type.substring(type.lastIndexOf('/') + 1));
    if (model == null) {
      byUuid.remove(uuid);
      return null;
    }
    Shadow created = new Shadow(model, identity);
    byUuid.put(uuid, created);
    return created;
  }
}
