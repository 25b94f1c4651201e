// SPDX-License-Identifier: Apache-2.0
/**
 * The AP bus as drivers of queues and guests use it: numbers and masks, the instructions with their
 * response codes, and the callbacks ({@code spec/ap.md} 1, 12). Bits of masks and words are counted
 * from the left. How the bus works belongs to {@code org.mdev4j.ap.bus}; what a machine has to
 * provide belongs to {@link org.mdev4j.ap.hardware}.
 */
@NullMarked
package org.mdev4j.ap;

import org.jspecify.annotations.NullMarked;
