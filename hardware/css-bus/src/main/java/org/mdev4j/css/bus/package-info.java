// SPDX-License-Identifier: Apache-2.0
/**
 * The css core: the css bus with its subchannels, drivers, channel paths and machine checks, the
 * ccw and virtio buses above it, and the module that starts all of it. Drivers see only what {@link
 * org.mdev4j.css} has.
 */
@NullMarked
package org.mdev4j.css.bus;

import org.jspecify.annotations.NullMarked;
