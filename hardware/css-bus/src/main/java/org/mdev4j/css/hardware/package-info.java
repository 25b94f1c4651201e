// SPDX-License-Identifier: Apache-2.0
/**
 * The interface between the css bus and the channel subsystem of a machine, real or simulated. A
 * provider of hardware needs nothing else of the bus but the architected layouts.
 */
@NullMarked
package org.mdev4j.css.hardware;

import org.jspecify.annotations.NullMarked;
