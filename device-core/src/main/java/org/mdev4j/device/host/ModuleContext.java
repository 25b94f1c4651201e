package org.mdev4j.device.host;

import org.mdev4j.device.DriverCore;
import org.mdev4j.device.lifetime.Scope;

/** What a module is given when it is loaded on a host. Thread-safe. */
public interface ModuleContext {
  /** The loaded module itself, for those who must keep it from being unloaded. */
  LoadedModule module();

  /** Takes what the load acquires; closed, newest first, when the module is unloaded. */
  Scope scope();

  /** The values of the parameters. */
  Parameters parameters();

  /**
   * What a module that this one requires, or something built in, offers under {@code type}.
   *
   * @throws IllegalStateException if neither a module that this one {@linkplain
   *     DriverModule#requires requires} nor anything built in offers it
   */
  <T> T service(Class<T> type);

  /** Offers {@code service} to modules that require this one, while it is loaded. */
  <T> void provide(Class<T> type, T service);

  /** The host's driver core. */
  DriverCore devices();

  Machine machine();

  HostMemory memory();

  /**
   * The host's clock. Unloading the module cancels the timers that were left, which is reported as
   * a failure, and waits for actions that run.
   */
  HostClock clock();

  /** Where the module says what it does. */
  Tracing tracing();

  /** A new work queue of the host's threads; unloading the module drains it. */
  default WorkQueue workQueue(String name) {
    return workQueue(name, scope());
  }

  /**
   * A new work queue that goes with what {@code owner} belongs to, for example a device: work that
   * may wait for one user delays no other user's.
   *
   * @param owner drains the queue when it is closed, which no work of the queue may cause
   */
  WorkQueue workQueue(String name, Scope owner);
}
