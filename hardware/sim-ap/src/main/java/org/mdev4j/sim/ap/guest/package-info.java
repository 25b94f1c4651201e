/** Guests: their crypto control blocks, interruption state and intercepted instructions. */
@NullMarked
package org.mdev4j.sim.ap.guest;

import org.jspecify.annotations.NullMarked;
