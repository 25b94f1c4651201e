/** Whether two answers are the same: up to the numbers that are free, or by the rules for races. */
@NullMarked
package org.mdev4j.replay.compare;

import org.jspecify.annotations.NullMarked;
