/**
 * Translation of a user's channel program into one for the host ({@code spec/ccw.md} 3): chains are
 * collected, data areas become lists of pinned pages, addresses in status go back. Nothing here
 * knows the subchannel or the state of the device.
 */
@NullMarked
package org.mdev4j.driver.ccw.program;

import org.jspecify.annotations.NullMarked;
