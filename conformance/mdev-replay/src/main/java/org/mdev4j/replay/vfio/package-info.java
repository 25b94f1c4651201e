/** What the probe does with {@code /dev/vfio}. */
@NullMarked
package org.mdev4j.replay.vfio;

import org.jspecify.annotations.NullMarked;
