/**
 * Bus {@code ap}: scans, devices, the two masks, drivers, the panel, and the module that starts.
 */
@NullMarked
package org.mdev4j.sim.ap.bus;

import org.jspecify.annotations.NullMarked;
