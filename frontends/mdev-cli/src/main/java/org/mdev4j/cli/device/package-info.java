/**
 * What the command line does with an open device: takes its picture, talks through its serial port.
 * A user of VFIO like any other; how devices work is not known here.
 */
@NullMarked
package org.mdev4j.cli.device;

import org.jspecify.annotations.NullMarked;
