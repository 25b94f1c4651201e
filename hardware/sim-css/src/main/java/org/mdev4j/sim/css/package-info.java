/**
 * What a driver of subchannels sees of the simulated channel subsystem: the architected layouts,
 * the instructions, and the callbacks. All multi-byte fields are big-endian; bits are given as
 * masks on the big-endian value.
 */
@NullMarked
package org.mdev4j.sim.css;

import org.jspecify.annotations.NullMarked;
