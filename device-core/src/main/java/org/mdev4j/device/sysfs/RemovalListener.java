package org.mdev4j.device.sysfs;

/** Is told that something left the tree; for those who remember what they found in it. */
@FunctionalInterface
public interface RemovalListener {
  /**
   * Called once {@code child} can't be found in {@code directory} any more, in the thread that took
   * it out and before that thread goes on. Of a subtree only the top is announced. Must not fail,
   * and must not wait for anybody who waits for that thread.
   */
  void removed(SysfsDirectory directory, SysfsNode child);
}
