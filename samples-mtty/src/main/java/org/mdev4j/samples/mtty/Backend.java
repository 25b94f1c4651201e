package org.mdev4j.samples.mtty;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;

/** What a card's ports are connected to: parameter {@code backend} of the module. */
enum Backend {
  /** Each port to itself: what is transmitted comes back. */
  LOOPBACK,
  /** The two ports of a card to each other; a single port to nothing. */
  NULL_MODEM;

  /**
   * @throws ErrnoException {@code EINVAL} for a name that there is not
   */
  static Backend named(String name) {
    for (Backend backend : values()) {
      if (backend.text().equals(name)) {
        return backend;
      }
    }
    String known = Arrays.stream(values()).map(Backend::text).collect(Collectors.joining(", "));
    throw new ErrnoException(Errno.EINVAL, "no backend '" + name + "'; there are: " + known);
  }

  /** The name by which the parameter knows it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Makes a card's ports and connects them. For the arguments see {@link Uart}. */
  List<Uart> ports(int count, Object lock, HostClock clock, Runnable interruptChanged) {
    List<Cable> cables = Stream.generate(Cable::new).limit(count).toList();
    List<Uart> ports =
        cables.stream().map(cable -> new Uart(lock, clock, cable, interruptChanged)).toList();
    if (this == LOOPBACK) {
      for (int i = 0; i < count; i++) {
        cables.get(i).plugIntoItself(ports.get(i));
      }
    } else if (count == 2) {
      cables.get(0).plugInto(ports.get(1));
      cables.get(1).plugInto(ports.get(0));
    }
    return ports;
  }
}
