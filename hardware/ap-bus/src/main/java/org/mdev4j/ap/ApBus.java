package org.mdev4j.ap;

import java.util.concurrent.locks.ReentrantLock;
import org.mdev4j.device.Bus;
import org.mdev4j.device.host.ModuleContext;

/**
 * The AP bus of a host whose machine has one: the service that drivers of queues find it by. The
 * instructions are the host's own. Thread-safe.
 */
public interface ApBus extends ApInstructions {
  /** The name under which a machine's hardware describes its AP part. */
  String HARDWARE = "ap";

  /** Bus {@code ap}. */
  Bus bus();

  /**
   * Registers a driver, which goes when the module is unloaded. Queues that it may have are bound
   * when this returns.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EBUSY} if the name is taken
   */
  void registerDriver(ModuleContext module, ApDriver driver);

  /**
   * Guards {@link #reserved()}: writes to apmask and aqmask hold it, and whoever decides by the
   * masks. It is taken before any lock of a driver.
   */
  ReentrantLock permissionLock();

  /** The adapters and domains whose product is reserved for default drivers: apmask, aqmask. */
  ApMatrix reserved();
}
