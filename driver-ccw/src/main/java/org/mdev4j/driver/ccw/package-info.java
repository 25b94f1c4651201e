/**
 * The vfio-ccw driver ({@code spec/ccw.md}): the module that loads it, and the driver on bus mdev.
 * What one device does is in {@code device}, its states in {@code fsm}, its channel programs in
 * {@code program}; the side of the css bus is in {@code bus}.
 */
@NullMarked
package org.mdev4j.driver.ccw;

import org.jspecify.annotations.NullMarked;
