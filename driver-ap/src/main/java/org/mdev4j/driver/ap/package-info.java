/** The module {@code vfio_ap} and its mediated-device driver. */
@NullMarked
package org.mdev4j.driver.ap;

import org.jspecify.annotations.NullMarked;
