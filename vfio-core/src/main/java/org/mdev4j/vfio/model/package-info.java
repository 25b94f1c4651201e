/**
 * What a device model implements and states: regions, interrupts, what it can do. A driver author
 * reads this package; who registers, opens and calls a model is not known here.
 */
@NullMarked
package org.mdev4j.vfio.model;

import org.jspecify.annotations.NullMarked;
