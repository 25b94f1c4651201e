// SPDX-License-Identifier: Apache-2.0
/**
 * Bus {@code ap}: scans, devices, the two masks, the host's own drivers, and the module that starts
 * all of it. Drivers see only what {@link org.mdev4j.ap} has.
 */
@NullMarked
package org.mdev4j.ap.bus;

import org.jspecify.annotations.NullMarked;
