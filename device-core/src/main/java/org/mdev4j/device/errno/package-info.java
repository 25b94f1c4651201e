/**
 * Linux error numbers and the one exception that carries them. Nothing else lives here, and this
 * package depends on no other.
 */
@NullMarked
package org.mdev4j.device.errno;

import org.jspecify.annotations.NullMarked;
