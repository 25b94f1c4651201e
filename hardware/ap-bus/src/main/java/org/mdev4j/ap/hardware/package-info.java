// SPDX-License-Identifier: Apache-2.0
/**
 * The interface between the AP bus and the hardware of a machine, real or simulated. A provider of
 * hardware needs nothing else of the bus.
 */
@NullMarked
package org.mdev4j.ap.hardware;

import org.jspecify.annotations.NullMarked;
