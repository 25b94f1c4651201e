// SPDX-License-Identifier: Apache-2.0
/**
 * The channel subsystem as drivers of subchannels use it: the architected layouts, the
 * instructions, and the callbacks. All multi-byte fields are big-endian; bits are given as masks on
 * the big-endian value. How the bus works belongs to {@code org.mdev4j.css.bus}; what a machine has
 * to provide belongs to {@link org.mdev4j.css.hardware}.
 */
@NullMarked
package org.mdev4j.css;

import org.jspecify.annotations.NullMarked;
