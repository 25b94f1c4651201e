package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevent.Action;

/**
 * Which mediated devices were unbound from their driver, and bound to it again, by hand: learned
 * from the uevents of the steps before. For those it keeps what the device looked like when it was
 * bound the first time.
 *
 * <p>Not thread-safe: it belongs to the thread that replays.
 */
public final class Bindings {
  private static final String DEVICES = "/sys/bus/mdev/devices";
  private static final int ALL_LEVELS = 16;

  private final Syscalls syscalls;
  private final Map<String, List<Uevent>> bindEvents = new HashMap<>();
  private final Map<String, ArrayNode> listings = new HashMap<>();
  private final Set<String> unbound = new HashSet<>();
  private final Set<String> boundAgain = new HashSet<>();
  private final List<Uevent> vfioAdded = new ArrayList<>();

  Bindings(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /** Remembers what all bound devices look like, before one of them may be unbound. */
  void lookBeforeUnbind() {
    for (String uuid : syscalls.names(DEVICES)) {
      String device = DEVICES + "/" + uuid;
      if (syscalls.exists(device + "/driver")) {
        listings.put(uuid, Listing.of(syscalls.directory(device), ALL_LEVELS, true));
      }
    }
  }

  /** Learns from the events of a step. */
  void learn(List<Uevent> events) {
    for (Uevent event : events) {
      learn(event);
    }
  }

  /** Whether the device is on its bus, was bound once, and was unbound by hand. */
  public boolean isUnbound(String uuid) {
    return unbound.contains(uuid);
  }

  /** Whether the device was unbound and bound again by hand. */
  public boolean isBoundAgain(String uuid) {
    return boundAgain.contains(uuid);
  }

  /** What the device's directory held before it was unbound, all levels; null if never seen. */
  public @Nullable ArrayNode listing(String uuid) {
    return listings.get(uuid);
  }

  /** The events that its latest binding emitted: group added, VFIO device added, bind. */
  public List<Uevent> bindEvents(String uuid) {
    return bindEvents.getOrDefault(uuid, List.of());
  }

  private void learn(Uevent event) {
    String path = event.devpath();
    if (event.subsystem().startsWith("vfio") && event.action() == Action.ADD) {
      vfioAdded.add(event);
    } else if (event.subsystem().equals("mdev")) {
      String uuid = path.substring(path.lastIndexOf('/') + 1);
      learn(uuid, event);
    }
  }

  private void learn(String uuid, Uevent event) {
    switch (event.action()) {
      case ADD -> {
        if (event.env().stream().noneMatch(variable -> variable.startsWith("SYNTH_UUID="))) {
          forget(uuid);
          vfioAdded.clear();
        }
      }
      case BIND -> {
        vfioAdded.add(event);
        bindEvents.put(uuid, List.copyOf(vfioAdded));
        vfioAdded.clear();
        if (unbound.remove(uuid)) {
          boundAgain.add(uuid);
        }
      }
      case UNBIND -> {
        unbound.add(uuid);
        boundAgain.remove(uuid);
      }
      case REMOVE -> forget(uuid);
      default -> {}
    }
  }

  private void forget(String uuid) {
    unbound.remove(uuid);
    boundAgain.remove(uuid);
    bindEvents.remove(uuid);
    listings.remove(uuid);
  }
}
