/**
 * What a driver of AP queues, a guest and an operator see of the simulated AP bus: numbers and
 * masks, the instructions with their response codes, and the callbacks ({@code spec/ap.md} 1, 12).
 * Bits of masks and words are counted from the left.
 */
@NullMarked
package org.mdev4j.sim.ap;

import org.jspecify.annotations.NullMarked;
