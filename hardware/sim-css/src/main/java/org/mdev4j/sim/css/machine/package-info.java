// SPDX-License-Identifier: Apache-2.0
/**
 * The simulated machine as a whole: what is plugged in, its channel paths, and the operator's
 * panel. One subchannel with its channel programs belongs to {@link org.mdev4j.sim.css.channel}.
 */
@NullMarked
package org.mdev4j.sim.css.machine;

import org.jspecify.annotations.NullMarked;
