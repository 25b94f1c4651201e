// SPDX-License-Identifier: Apache-2.0
/**
 * The operator's panel of the simulated machine, also as files below {@code /sys/kernel/debug/ap},
 * and the provider that puts the machine together. What the hardware does belongs to {@link
 * org.mdev4j.sim.ap.hardware}.
 */
@NullMarked
package org.mdev4j.sim.ap.panel;

import org.jspecify.annotations.NullMarked;
