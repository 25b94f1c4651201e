package org.mdev4j.replay.shadow;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.replay.vfio.MappedRegion;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;

/**
 * The shadows of all devices that the probe opened, and of the address spaces of its containers.
 * Not thread-safe: it belongs to the thread that replays.
 */
public final class Shadows {
  private static final String DEVICES = "/sys/bus/mdev/devices/";

  private final Host host;
  private final Map<String, Shadow> byUuid = new HashMap<>();
  private final IdentityHashMap<Container, DmaShadow> spaces = new IdentityHashMap<>();

  public Shadows(Host host) {
    this.host = host;
  }

  /** The shadow of an open device; null for a device that is none of the samples. */
  public @Nullable Shadow of(DeviceFile file) {
    return byUuid.get(file.name());
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
    if (closed instanceof DeviceFile file) {
      Shadow shadow = of(file);
      if (shadow != null) {
        shadow.closed();
      }
    } else if (closed instanceof MappedRegion region) {
      Shadow shadow = of(region);
      if (shadow != null) {
        shadow.mapped(region.offset(), -1);
        shadow.closed();
      }
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
