package org.mdev4j.mdev;

import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How many instances a parent can have. A driver declares it at registration; the core counts.
 *
 * <table>
 * <caption>The three policies</caption>
 * <tr><th>policy<th>none left<th>taken<th>given back
 * <tr><td>{@link PerType}<td>EUSERS, before anything else is done<td>with the UUID<td>with the UUID
 * <tr><td>{@link PerParent}<td>the same<td>the same<td>the same
 * <tr><td>{@link Pool}<td>ENOSPC, after the device was added<td>before {@code probe}<td>when the VFIO
 *     device is released, so already by an unbind
 * </table>
 */
public sealed interface InstanceLimit {

  /**
   * So many instances of each type, as the series has it.
   *
   * @param available asked once for each type, at registration
   */
  record PerType(ToLongFunction<MdevType> available) implements InstanceLimit {}

  /**
   * So many instances of all types together, as Linux 6.1 has it.
   *
   * @param available how many
   */
  record PerParent(long available) implements InstanceLimit {}

  /**
   * As many instances as the resources allow; each type says what an instance costs.
   *
   * @param resources how much there is of what
   */
  record Pool(Map<String, Long> resources) implements InstanceLimit {
    public Pool {
      resources = Map.copyOf(resources);
    }
  }

  /** {@code available} instances of each type. */
  static InstanceLimit perType(long available) {
    return new PerType(type -> available);
  }

  /** {@code available} instances of all types together. */
  static InstanceLimit perParent(long available) {
    return new PerParent(available);
  }

  /** A pool of one resource. */
  static InstanceLimit pool(long amount, String resource) {
    return new Pool(Map.of(resource, amount));
  }
}
