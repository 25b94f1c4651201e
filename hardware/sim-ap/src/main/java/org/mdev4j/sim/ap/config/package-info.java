/** A machine's AP part as JSON. */
@NullMarked
package org.mdev4j.sim.ap.config;

import org.jspecify.annotations.NullMarked;
