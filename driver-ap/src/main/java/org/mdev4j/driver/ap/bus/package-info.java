/**
 * The bus devices: the matrix device with its bus, and the driver of AP queues. What several
 * mediated devices share is kept here.
 */
@NullMarked
package org.mdev4j.driver.ap.bus;

import org.jspecify.annotations.NullMarked;
