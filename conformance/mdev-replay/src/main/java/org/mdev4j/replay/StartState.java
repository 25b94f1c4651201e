package org.mdev4j.replay;

import java.util.List;
import java.util.Map;
import org.mdev4j.device.host.Machine;
import org.mdev4j.sim.css.CssMachines;

/**
 * What a machine looked like when a recording began ({@code kernel/OPS.md}, section 2).
 *
 * @param machine its hardware
 * @param loaded the modules that were loaded, in this order
 * @param parameters by module, what every load of it is given
 */
public record StartState(
    Machine machine, List<String> loaded, Map<String, Map<String, String>> parameters) {

  /** Linux 6.1 counts the instances of all three types of this driver together. */
  private static final Map<String, Map<String, String>> AS_LINUX_6_1 =
      Map.of("mdpy", Map.of("shared", "1"));

  private static final List<String> ALL_X86 =
      List.of("vfio", "vfio_iommu_type1", "mdev", "mtty", "mdpy", "mbochs");

  public StartState {
    loaded = List.copyOf(loaded);
    parameters = Map.copyOf(parameters);
  }

  /** The state at the start of the file of that name and kind. */
  public static StartState of(String name, FileKind kind) {
    if (kind.isS390x()) {
      Machine recorded = CssMachines.find(CssMachines.S390_ORACLE).orElseThrow();
      return new StartState(recorded, List.of(), AS_LINUX_6_1);
    }
    boolean bare = name.startsWith("core-");
    return new StartState(Machine.plain(), bare ? List.of() : ALL_X86, AS_LINUX_6_1);
  }

  /** The same with another machine. */
  public StartState on(Machine other) {
    return new StartState(other, loaded, parameters);
  }
}
