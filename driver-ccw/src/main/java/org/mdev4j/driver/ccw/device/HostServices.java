package org.mdev4j.driver.ccw.device;

import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.Tracing;

/** What the host lends to all devices of the driver. */
public record HostServices(HostMemory memory, HostClock clock, Tracing tracing) {}
