package org.mdev4j.samples.mtty;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.lifetime.Scope;

/** What a card's ports are connected to: parameter {@code backend} of the module. */
enum Backend {
  /** Each port to itself: what is transmitted comes back. */
  LOOPBACK,
  /** The two ports of a card to each other; a single port to nothing. */
  NULL_MODEM,
  /** Each port to a pseudo-terminal of this machine, which the card's attributes name. */
  PTY;

  /**
   * @throws ErrnoException {@code EINVAL} for a name that there is not
   */
  static Backend named(String name) {
    for (Backend backend : values()) {
      if (backend.text().equals(name)) {
        return backend;
      }
    }
    throw new ErrnoException(Errno.EINVAL, "no backend '" + name + "'; there are: " + names());
  }

  /** The names of all. */
  static String names() {
    return Arrays.stream(values()).map(Backend::text).collect(Collectors.joining(", "));
  }

  /** The name by which the parameter knows it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Makes what the ports of a card get plugged into.
   *
   * @param clock tells when to look for what comes in
   * @param scope takes what is acquired
   * @throws ErrnoException {@code EIO} if this machine can't give it
   */
  List<Line> lines(int ports, HostClock clock, Scope scope) {
    return switch (this) {
      case LOOPBACK -> Stream.<Line>generate(Loopback::new).limit(ports).toList();
      case NULL_MODEM -> ports == 2 ? NullModem.cable() : List.of(NullModem.unplugged());
      case PTY ->
          Stream.<Line>generate(() -> new Terminal(scope.own(PseudoTerminal.open()), clock))
              .limit(ports)
              .toList();
    };
  }
}
