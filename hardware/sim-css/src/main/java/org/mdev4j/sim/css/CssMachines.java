package org.mdev4j.sim.css;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.device.host.Machine;

/** Machines with a channel subsystem that are known by name. */
public final class CssMachines {
  /** A fixed-block disk, device 0120, and a line console, device 0009. */
  public static final String DEFAULT = "default";

  /**
   * The machine that the s390x recordings were made on: three virtio devices, 1001, 1002 and 1004,
   * and a terminal, 1003, with the recorded emulator's habits.
   */
  public static final String S390_ORACLE = "s390-oracle";

  private static final String DEFAULT_CSS =
      """
      {"paths": [{"chpid": "20", "type": "1b"}, {"chpid": "21", "type": "1b"}],
       "subchannels": [
         {"number": "0000", "device": "0120", "chpids": ["20", "21"], "kind": "fba"},
         {"number": "0001", "device": "0009", "chpids": ["20"], "kind": "3215"}]}
      """;

  private static final String ORACLE_CSS =
      """
      {"habits": "emulator",
       "paths": [{"chpid": "00", "type": "32"}, {"chpid": "01", "type": "1a"}],
       "subchannels": [
         {"number": "0000", "device": "1001", "chpids": ["00"], "kind": "virtio", "virtio": 4},
         {"number": "0001", "device": "1002", "chpids": ["00"], "kind": "virtio", "virtio": 2,
          "queues": 2},
         {"number": "0002", "device": "1003", "chpids": ["01"], "kind": "3270", "identityBytes": 256},
         {"number": "0003", "device": "1004", "chpids": ["00"], "kind": "virtio", "virtio": 4}]}
      """;

  private CssMachines() {}

  /** The names. */
  public static List<String> names() {
    return List.of(DEFAULT, S390_ORACLE);
  }

  /** The machine of that name, if there is one. */
  public static Optional<Machine> find(String name) {
    return switch (name) {
      case DEFAULT ->
          Optional.of(new Machine(DEFAULT, true, Map.of(ChannelSubsystem.HARDWARE, DEFAULT_CSS)));
      case S390_ORACLE ->
          Optional.of(
              new Machine(S390_ORACLE, false, Map.of(ChannelSubsystem.HARDWARE, ORACLE_CSS)));
      default -> Optional.empty();
    };
  }

  /** A machine with the channel subsystem that {@code json} describes. */
  public static Machine of(String name, String json) {
    return new Machine(name, false, Map.of(ChannelSubsystem.HARDWARE, json));
  }
}
