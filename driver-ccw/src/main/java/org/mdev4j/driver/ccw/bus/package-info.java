/**
 * The driver's side of the css bus: it takes subchannels, makes parents of them, and passes their
 * callbacks on to whichever device is there. No state of a mediated device lives here.
 */
@NullMarked
package org.mdev4j.driver.ccw.bus;

import org.jspecify.annotations.NullMarked;
