package org.mdev4j.testkit.host;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.GroupFile;

/** What users do to a group before they open its device, for example telling it the guest. */
@FunctionalInterface
public interface GroupPreparation {
  /**
   * Prepares a group; a refusal comes out of the open.
   *
   * @param host where it is
   * @param group the group, in its user's container
   * @param user owns what this acquires, and closes it after the device file
   */
  void prepare(TestHost host, GroupFile group, Scope user);
}
