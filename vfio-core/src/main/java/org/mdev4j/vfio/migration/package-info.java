/**
 * Migration protocol v2: the state machine as data, and what a device model does on its arcs. No
 * device and no file is known here.
 */
@NullMarked
package org.mdev4j.vfio.migration;

import org.jspecify.annotations.NullMarked;
