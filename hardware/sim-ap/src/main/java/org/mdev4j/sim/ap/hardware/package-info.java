/** The hardware: cards, their queues with states and workers, and the toy service behind them. */
@NullMarked
package org.mdev4j.sim.ap.hardware;

import org.jspecify.annotations.NullMarked;
