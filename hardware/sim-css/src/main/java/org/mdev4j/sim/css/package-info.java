// SPDX-License-Identifier: Apache-2.0
/**
 * The simulated channel subsystem as a test or an operator uses it: machines by name, the devices
 * behind subchannels, and the panel. It has no driver and no bus; those belong to {@link
 * org.mdev4j.css}.
 */
@NullMarked
package org.mdev4j.sim.css;

import org.jspecify.annotations.NullMarked;
