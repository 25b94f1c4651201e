package org.mdev4j.sim.ap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdev4j.ap.ApBus;
import org.mdev4j.device.host.Machine;

/** Machines with an AP bus that are known by name. */
public final class ApMachines {
  /**
   * Three CEX5 cards, 4, 5 and 6, with the domains 4, 47, ab and ff and the control domains 4 and
   * 47 (hexadecimal); all queues are reserved for the host ({@code spec/ap.md} 13).
   */
  public static final String EXAMPLE = "ap-example";

  private static final String EXAMPLE_AP =
      """
      {"maxAdapter": "7f", "maxDomain": "ff",
       "cards": [{"adapter": "04", "type": 11, "mode": "cca"},
                 {"adapter": "05", "type": 11, "mode": "cca"},
                 {"adapter": "06", "type": 11, "mode": "accelerator"}],
       "domains": ["0004", "0047", "00ab", "00ff"],
       "controlDomains": ["0004", "0047"]}
      """;

  private ApMachines() {}

  /** The names. */
  public static List<String> names() {
    return List.of(EXAMPLE);
  }

  /** The machine of that name, if there is one. */
  public static Optional<Machine> find(String name) {
    return name.equals(EXAMPLE) ? Optional.of(of(EXAMPLE, EXAMPLE_AP)) : Optional.empty();
  }

  /** A machine with the AP bus that {@code json} describes. */
  public static Machine of(String name, String json) {
    return new Machine(name, false, Map.of(ApBus.HARDWARE, json));
  }
}
