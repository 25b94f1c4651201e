/** Big-endian access to memory. */
@NullMarked
package org.mdev4j.sim.css.layout;

import org.jspecify.annotations.NullMarked;
