/**
 * The css core: the buses css and ccw, channel paths, machine checks, and the module that starts.
 */
@NullMarked
package org.mdev4j.sim.css.bus;

import org.jspecify.annotations.NullMarked;
