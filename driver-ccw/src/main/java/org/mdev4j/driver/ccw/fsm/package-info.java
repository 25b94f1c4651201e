/**
 * The state machine of a device: states, events, and which action each pair of them calls for. What
 * the actions do is not here.
 */
@NullMarked
package org.mdev4j.driver.ccw.fsm;

import org.jspecify.annotations.NullMarked;
