package org.mdev4j.driver.ccw.device;

import java.util.concurrent.Executor;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.Tracing;

/**
 * What the host lends to all devices of the driver.
 *
 * @param work runs later what an interrupt or a channel report leaves to be done, for all devices
 *     one after the other; nothing that it runs waits for a user
 */
public record HostServices(HostMemory memory, HostClock clock, Executor work, Tracing tracing) {}
