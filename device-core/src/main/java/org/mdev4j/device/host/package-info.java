/**
 * The host: one machine with its tree, its loadable modules, its memory, clock and threads. Drivers
 * enter here, as {@link org.mdev4j.device.host.DriverModule}; no driver lives here.
 */
@NullMarked
package org.mdev4j.device.host;

import org.jspecify.annotations.NullMarked;
