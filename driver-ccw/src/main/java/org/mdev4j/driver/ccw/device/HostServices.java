package org.mdev4j.driver.ccw.device;

import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.host.WorkQueue;

/**
 * What the host lends to all devices of the driver.
 *
 * @param work runs what an interrupt or a channel report leaves to be done, for all devices one
 *     after the other; nothing that it runs waits for a request
 */
public record HostServices(HostMemory memory, HostClock clock, WorkQueue work, Tracing tracing) {}
