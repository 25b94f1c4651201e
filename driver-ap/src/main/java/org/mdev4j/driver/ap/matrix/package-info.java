/**
 * A mediated device: what is assigned to it, what of that reaches its guest, its queues with their
 * resets and interrupts, and its files ({@code spec/ap.md} 2 to 6, 9 to 11).
 */
@NullMarked
package org.mdev4j.driver.ap.matrix;

import org.jspecify.annotations.NullMarked;
