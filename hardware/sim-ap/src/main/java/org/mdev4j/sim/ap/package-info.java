// SPDX-License-Identifier: Apache-2.0
/**
 * The simulated AP hardware as a test or an operator uses it: machines by name, and the panel. It
 * has no driver and no bus; those belong to {@link org.mdev4j.ap}.
 */
@NullMarked
package org.mdev4j.sim.ap;

import org.jspecify.annotations.NullMarked;
