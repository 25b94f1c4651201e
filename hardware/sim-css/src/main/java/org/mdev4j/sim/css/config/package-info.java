/** A machine's channel subsystem as JSON: reading it, and making the devices that it names. */
@NullMarked
package org.mdev4j.sim.css.config;

import org.jspecify.annotations.NullMarked;
